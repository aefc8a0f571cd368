"""The nightly job: a delay is told to the customer centre, once for each step, until it ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from crm_site.outbox.models import Message
from crm_site.registers.services import close_entry
from customers.models import (
    ConstructionNode,
    Customer,
    DeliveryBatch,
    Purchase,
    Task,
    UnitDelivery,
)
from service.delays.models import DelayRisk, DelayStep, DeliveryTerm
from service.delays.services import watching
from service.delays.services.watching import ALERT, FACILITY_ALERT, OVER
from service.delays.tasks import watch_delays
from tests.conftest import make_user
from tests.factories import UserFactory
from tests.service.delays.conftest import facility

pytestmark = pytest.mark.django_db


def told(kind: str) -> set[str]:
    """Return who was written to, by the kind of message."""
    return set(
        Message.objects.filter(kind=kind, channel="in_app").values_list(
            "recipient__username", flat=True
        )
    )


@pytest.mark.spec("SVC-43")
def test_a_forecast_delay_is_told_to_the_customer_centre_with_everything_prepared(
    client_for, late, promised, project, centre, agent, specialist, engineering, executive, today
) -> None:
    watch_delays()
    assert told(ALERT) == {centre.username, agent.username, specialist.username}
    risk, task = DelayRisk.objects.get(), Task.objects.get(source="delay")
    assert (risk.days, risk.homes, risk.step) == (20, 3, 1)
    assert (risk.due_on, risk.forecast_on) == (
        today + timedelta(days=10),
        today + timedelta(days=30),
    )
    assert (task.owner, task.state) == (centre, "open")
    assert risk.get_absolute_url() in client_for(centre).get("/tasks/").content.decode()

    listed = client_for(agent).get("/delays/").content.decode()
    assert risk.get_absolute_url() in listed
    assert "<b>20</b>" in listed
    page = client_for(agent).get(risk.get_absolute_url()).content.decode()
    assert "3栋" in page
    assert "20" in page
    assert "¥600" in page  # 3 × 100,000 × 1/10,000 × 20
    notice = client_for(executive).get(f"{risk.get_absolute_url()}notice/").content.decode()
    assert project.name in notice
    assert "3栋" in notice

    facility(project, engineering, today - timedelta(days=4), title="实验小学")
    facility(project, engineering, today + timedelta(days=90), title="社区医院")
    watch_delays()
    missing = DelayRisk.objects.get(facility__isnull=False)
    assert (missing.what, missing.days, missing.homes) == ("实验小学", 4, 3)
    assert told(FACILITY_ALERT) == told(ALERT)
    both = client_for(agent).get("/delays/").content.decode()
    assert "实验小学" in both
    assert "社区医院" not in both


def test_a_second_night_tells_nothing_and_a_further_step_tells_once(
    late, promised, centre, agent
) -> None:
    watch_delays()
    before = Message.objects.count()
    watch_delays()
    assert (Message.objects.count(), DelayStep.objects.count()) == (before, 1)
    ConstructionNode.objects.filter(kind="completion").update(
        planned_on=timezone.localdate() - timedelta(days=40)
    )
    watch_delays()  # the same forecast: it is counted from today
    assert DelayStep.objects.count() == 1
    promised.handover_on = None
    promised.save()
    DeliveryTerm.objects.update(deliver_on=timezone.localdate())
    watch_delays()
    watch_delays()
    assert list(DelayStep.objects.values_list("step", "days")) == [(1, 20), (30, 30)]
    assert Task.objects.filter(source="delay").count() == 2


def test_it_ends_by_itself_when_the_forecast_recovers(late, promised, centre, agent, today) -> None:
    watch_delays()
    ConstructionNode.objects.filter(kind="completion").update(reached_on=today - timedelta(days=25))
    watch_delays()
    risk = DelayRisk.objects.get()
    assert (risk.ending, risk.is_open) == ("recovered", False)
    assert Task.objects.get(source="delay").state == "cancelled"
    assert told(OVER) == {centre.username, agent.username}
    watch_delays()
    assert DelayRisk.objects.count() == 1
    ConstructionNode.objects.filter(kind="completion").update(reached_on=None)
    watch_delays()
    assert DelayRisk.objects.count() == 2  # told anew


def test_it_ends_when_the_last_home_is_handed_over(late, centre, now) -> None:
    watch_delays()
    Purchase.objects.update(
        state="handed_over", handed_over_at=now + timedelta(days=15), state_since=now
    )
    watch_delays()
    assert DelayRisk.objects.get().ending == "handed_over"
    assert set(DeliveryTerm.objects.late().values_list("purchase", flat=True)) == {
        each.pk for each in late
    }  # what is owed for them stays


def test_a_facility_ends_it_when_it_is_done(project, engineering, centre, sell, today, now) -> None:
    entry = facility(project, engineering, today - timedelta(days=4))
    watch_delays()
    close_entry(entry=entry, outcome="done", evidence="竣工照片", actor=engineering, now=now)
    watch_delays()
    assert DelayRisk.objects.get().ending == "done"


def test_an_expected_day_before_the_promised_one_is_no_delay(
    project, engineering, centre, today
) -> None:
    day = today + timedelta(days=10)
    facility(project, engineering, day, expected=day.isoformat())
    late_one = facility(
        project, engineering, day, title="公园", expected=(day + timedelta(days=1)).isoformat()
    )
    watch_delays()
    assert [risk.facility for risk in DelayRisk.objects.all()] == [late_one]
    assert DelayRisk.objects.get().days == 1


def test_without_a_centre_the_step_waits_until_somebody_is_there(late, org) -> None:
    watch_delays()
    assert (DelayRisk.objects.get().step, DelayStep.objects.count()) == (0, 0)
    someone = make_user(org, "agent")
    watch_delays()
    assert told(ALERT) == {someone.username}


def test_another_region_is_not_told(late, centre, org) -> None:
    away = UserFactory(role="service_manager", node=org.region_south, username="away")
    watch_delays()
    assert away.username not in told(ALERT)


def test_a_day_moved_later_does_not_move_what_was_promised(late, promised, centre) -> None:
    watch_delays()
    promised.handover_on += timedelta(days=300)
    promised.save()
    watch_delays()
    assert DelayRisk.objects.get().is_open
    assert DelayRisk.objects.get().days == 20


def test_an_offered_day_in_time_is_no_delay(late, promised, centre, now, today) -> None:
    batch = DeliveryBatch.objects.create(
        project=promised.project,
        name="首批",
        planned_on=today + timedelta(days=9),
        **dict.fromkeys(("schedule", "quality", "documents", "facilities", "grade"), "low"),
        grade_version=1,
    )
    for purchase in late:
        UnitDelivery.objects.create(
            batch=batch,
            unit=purchase.unit,
            purchase=purchase,
            invited_at=now,
            due_on=today + timedelta(days=9),
        )
    watch_delays()
    assert not DelayRisk.objects.exists()
    UnitDelivery.objects.filter(purchase=late[0]).update(
        refused_at=now, refusal="quality", refusal_reason="渗漏"
    )
    watch_delays()
    assert DelayRisk.objects.get().homes == 1


def test_a_cancelled_contract_is_not_counted(late, centre, now) -> None:
    Purchase.objects.filter(pk=late[0].pk).update(state="cancelled", ended_at=now)
    watch_delays()
    assert DelayRisk.objects.get().homes == 2


def test_two_runs_at_once_keep_one_risk(late, centre, now, monkeypatch) -> None:
    """The constraint stops what the lock let through."""
    watch_delays()
    risk = DelayRisk.objects.get()
    with pytest.raises(Exception, match="delay_risk_one_open_of_building"):
        DelayRisk.objects.create(
            project=risk.project,
            building=risk.building,
            due_on=risk.due_on,
            forecast_on=risk.forecast_on,
            days=1,
            opened_at=now,
        )


def test_a_night_costs_no_query_for_each_home(
    late, promised, sell, make_units, centre, now, django_assert_max_num_queries
) -> None:
    watch_delays()
    with django_assert_max_num_queries(12):
        watching.watch_project(promised.project_id, now=now)


def test_no_customer_is_named_in_a_message(late, centre) -> None:
    watch_delays()
    names = Customer.objects.values_list("name", flat=True)
    for message in Message.objects.filter(kind=ALERT):
        assert not any(name in str(message.params) for name in names)
