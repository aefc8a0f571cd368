"""The risk group: called three months before the first handover, once; formed, at work, ended."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from customers.handover.rules import months_before
from customers.handover.services.groups import call_groups
from customers.models import DeliveryBatch, DeliveryRiskGroup, Task
from customers.tasks import call_delivery_groups
from tests.handover.conftest import planned_batch

pytestmark = pytest.mark.django_db


@pytest.mark.spec("SVC-79")
def test_the_job_calls_the_group_three_months_before_the_first_handover_once(
    client_for, project, specialist, centre, now, today
) -> None:
    first = planned_batch(project, specialist, now, days=120)
    planned_batch(project, specialist, now, days=150, name="二批")
    call_delivery_groups()
    assert not DeliveryRiskGroup.objects.exists()
    DeliveryBatch.objects.filter(pk=first.pk).update(planned_on=today + timedelta(days=89))
    call_delivery_groups()
    call_delivery_groups()
    group, task = DeliveryRiskGroup.objects.get(), Task.objects.get(source="delivery-group")
    assert (group.project, group.first_on) == (project, today + timedelta(days=89))
    assert (task.owner, task.state, task.subject_kind) == (centre, "open", "delivery-group")
    listed = client_for(centre).get("/tasks/").content.decode()
    assert f"/handover/groups/{group.pk}/" in listed


def test_the_day_itself_is_the_limit(project, specialist, centre, now, today) -> None:
    days = next(
        number
        for number in range(80, 100)
        if months_before(today + timedelta(days=number), 3) == today
    )
    planned_batch(project, specialist, now, days=days)
    assert call_groups(now=now - timedelta(days=1)) == 0
    assert call_groups(now=now) == 1


def test_a_promised_day_of_a_building_calls_it_while_no_batch_is_planned(
    project, building, centre, now, today
) -> None:
    building.handover_on = today + timedelta(days=60)
    building.save()
    assert call_groups(now=now) == 1
    assert DeliveryRiskGroup.objects.get().first_on == today + timedelta(days=60)


def test_nobody_to_form_it_makes_neither_group_nor_task(project, building, now, today) -> None:
    building.handover_on = today + timedelta(days=60)
    building.save()
    assert call_groups(now=now) == 0
    assert not DeliveryRiskGroup.objects.exists()


def test_a_group_is_formed_corrects_its_risks_and_ends(
    client_for, project, specialist, centre, engineering, now, today
) -> None:
    planned_batch(project, specialist, now, days=60)
    call_groups(now=now)
    group = DeliveryRiskGroup.objects.get()
    browser, url = client_for(centre), f"/handover/groups/{group.pk}/"
    assert browser.post(f"{url}close/", {"idempotency_key": "a"}).status_code == 409
    empty = browser.post(f"{url}form/", {"self_check": "x", "idempotency_key": "b"})
    assert empty.status_code == 422
    data = {"members": [specialist.pk, engineering.pk], "self_check": "外墙渗漏 3 处"}
    assert browser.post(f"{url}form/", data | {"idempotency_key": "c"}).status_code == 302
    group.refresh_from_db()
    assert (group.formed_at is not None, group.members.count()) == (True, 2)
    assert Task.objects.get(source="delivery-group").state == "done"

    entry = add_entry(
        register="delivery-risks",
        draft=EntryDraft(
            title="3栋外墙渗漏",
            values={"area": "quality"},
            subject_id=project.pk,
            due_at=timezone.now() + timedelta(days=7),
        ),
        actor=specialist,
        now=now,
    )
    assert "3栋外墙渗漏" in browser.get(url).content.decode()
    assert browser.post(f"{url}close/", {"idempotency_key": "d"}).status_code == 409
    RegisterEntry.objects.filter(pk=entry.pk).update(
        state="closed", closed_at=now, evidence="已整改"
    )
    assert browser.post(f"{url}close/", {"idempotency_key": "e"}).status_code == 302
    group.refresh_from_db()
    assert group.closed_at is not None
    assert call_groups(now=now) == 0  # its handover has had its group
