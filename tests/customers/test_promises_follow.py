"""Promises follow their customer: a new owner, a merge and its undo (CUS-60, BEY-01)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crm_site.registers.models import RegisterEntry, RegisterEvent
from crm_site.registers.services import EntryDraft, add_entry, close_entry
from customers.services.merging import merge_customers
from customers.services.ownership import assign_customer, return_to_pool
from customers.services.unmerging import unmerge
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def promise(customer, owner, title="送一年物业费"):
    draft = EntryDraft(
        title=title,
        due_at=timezone.now() + timedelta(days=3),
        subject_id=customer.pk,
        values={"kind": "promise", "promised_by": owner.name},
    )
    return add_entry(register="promises", draft=draft, actor=owner, now=timezone.now())


def state(entry):
    found = RegisterEntry.objects.get(pk=entry.pk)
    return found.subject_id, found.owner


@pytest.fixture
def colleague(consultant):
    return UserFactory(role="consultant", node=consultant.node)


def test_open_promises_of_the_former_owner_pass_to_the_new_one(
    consultant, colleague, supervisor, now
):
    customer = CustomerFactory(owner=consultant)
    other = CustomerFactory(owner=consultant)
    mine, kept = promise(customer, consultant), promise(other, consultant)
    bosss, closed = promise(customer, supervisor), promise(customer, consultant)
    close_entry(entry=closed, outcome="kept", evidence="已送", actor=consultant, now=now)
    due = mine.due_at
    assign_customer(
        customer=customer, owner=colleague, actor=supervisor, reason="调岗", now=timezone.now()
    )
    assert state(mine) == (customer.pk, colleague)
    assert RegisterEntry.objects.get(pk=mine.pk).due_at == due
    assert (state(kept)[1], state(bosss)[1], state(closed)[1]) == (
        consultant,
        supervisor,
        consultant,
    )
    moved = RegisterEvent.objects.get(kind="moved")
    assert (moved.entry_id, moved.actor) == (mine.pk, supervisor)


def test_a_promise_stays_with_whoever_gave_it_when_the_customer_waits_in_the_pool(
    consultant, supervisor, now
):
    customer = CustomerFactory(owner=consultant)
    entry = promise(customer, consultant)
    return_to_pool(customer=customer, actor=supervisor, reason="客户要求", now=now)
    assert state(entry) == (customer.pk, consultant)
    assert not RegisterEvent.objects.filter(kind="moved").exists()


def test_promises_go_with_a_merge_and_come_back_with_its_undo(
    client_for, consultant, colleague, supervisor
):
    kept, gone = CustomerFactory(owner=consultant), CustomerFactory(owner=colleague)
    own = promise(kept, consultant, "留车位")
    moved, bosss = promise(gone, colleague, "送家电"), promise(gone, supervisor, "免物业费")
    merge = merge_customers(kept=kept, gone=gone, actor=supervisor, now=timezone.now())
    assert state(moved) == (kept.pk, consultant)
    assert state(bosss) == (kept.pk, supervisor)
    client = client_for(supervisor)
    page = client.get(reverse("customers:promise-list", args=[kept.pk]), headers=ENGLISH)
    for title in ("留车位", "送家电", "免物业费"):
        assert title in page.content.decode()
    later = promise(kept, consultant, "帮办落户")
    answer = client.post(reverse("customers:merge-undo", args=[merge.pk]))
    assert answer.status_code == 302
    assert (state(moved), state(bosss)) == ((gone.pk, colleague), (gone.pk, supervisor))
    assert (state(own), state(later)) == ((kept.pk, consultant), (kept.pk, consultant))


def test_a_promise_given_on_after_the_merge_keeps_its_new_owner(consultant, colleague, supervisor):
    kept, gone = CustomerFactory(owner=consultant), CustomerFactory(owner=colleague)
    entry = promise(gone, colleague)
    merge = merge_customers(kept=kept, gone=gone, actor=supervisor, now=timezone.now())
    kept.refresh_from_db()
    third = UserFactory(role="consultant", node=consultant.node)
    assign_customer(customer=kept, owner=third, actor=supervisor, reason="调岗", now=timezone.now())
    assert state(entry) == (kept.pk, third)
    unmerge(merge=merge, actor=supervisor, now=timezone.now(), answers={"owner_id": "now"})
    assert state(entry) == (gone.pk, third)
