"""Reminders and escalations: each step once, to the right person, late but never lost (CUS-42)."""

from datetime import datetime, timedelta

import pytest

from crm_site.calendars.rules.working_time import SHANGHAI
from crm_site.outbox.kinds import render
from crm_site.outbox.models import Message
from customers.models import LeadClock, LeadClockEffect, Task, TaskEffect
from customers.rules.axes import ClockKind
from customers.rules.followups import Urgency
from customers.services.clocks import meet, start_clocks
from customers.services.reminders import sweep_clocks, sweep_tasks
from customers.services.tasks import TaskEntry, complete_task, create_task, postpone_task
from tests.factories import CustomerFactory, LeadFactory

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST_TOUCH = ClockKind.FIRST_TOUCH.value


@pytest.fixture
def lead(consultant, supervisor, executive, now):
    customer = CustomerFactory(name="王浩然", owner=consultant)
    lead = LeadFactory(customer=customer, received_at=now)
    start_clocks(lead=lead, started_at=now, now=now)
    LeadClock.objects.exclude(kind=FIRST_TOUCH).delete()
    return lead


def told():
    return list(Message.objects.order_by("pk").values_list("kind", "recipient__username"))


def steps():
    return list(LeadClockEffect.objects.order_by("pk").values_list("step", flat=True))


def test_every_step_is_told_once_to_the_person_whose_turn_it_is(lead, now):
    clock = LeadClock.objects.get(lead=lead)
    seen = []
    moment = now
    while moment <= now + 29 * HOUR:  # the sweep every ten minutes, twice each time
        sweep_clocks(now=moment)
        sweep_clocks(now=moment)
        for effect in LeadClockEffect.objects.exclude(step__in=[s for s, _ in seen]):
            seen.append((effect.step, moment - now))
        moment += 10 * MINUTE
    assert seen == [
        # 50 % would be 22:32 and 80 % 05:44: told before closing at 18:00 the evening before
        ("remind-50", timedelta(hours=7, minutes=30)),
        ("remind-80", timedelta(hours=7, minutes=30)),
        ("remind-100", 24 * HOUR),
        ("breach", timedelta(hours=24, minutes=10)),
        ("escalate-2", timedelta(hours=28, minutes=10)),
    ]
    assert told() == [
        ("clock.reminder", "consultant"),
        ("clock.reminder", "consultant"),
        ("clock.breached", "supervisor"),
        ("clock.escalated", "executive"),
    ]
    clock.refresh_from_db()
    assert (clock.state, clock.breached_at, clock.next_step_at) == ("breached", clock.due_at, None)
    assert (clock.step, clock.escalation) == (3, 2)


def test_of_two_reminders_due_at_once_only_the_later_is_told(lead, now):
    done = sweep_clocks(now=now + 7.5 * HOUR)
    assert (done.subjects, done.effects, done.messages) == (1, 2, 1)
    assert Message.objects.get().params["percent"] == "80"


def test_after_an_outage_each_person_is_told_once_per_subject(lead, now):
    done = sweep_clocks(now=now + 3 * DAY)
    assert (done.subjects, done.effects, done.messages) == (1, 5, 3)
    assert told() == [
        ("clock.reminder", "consultant"),
        ("clock.breached", "supervisor"),
        ("clock.escalated", "executive"),
    ]
    assert steps() == ["remind-50", "remind-80", "remind-100", "breach", "escalate-2"]
    assert LeadClock.objects.get(lead=lead).breached_at == now + DAY


def test_a_met_clock_reminds_nobody(lead, now):
    meet(lead=lead, kind=FIRST_TOUCH, at=now + HOUR)
    assert sweep_clocks(now=now + 3 * DAY).subjects == 0
    assert told() == []


def test_a_breach_is_escalated_to_no_one_once_it_is_met(lead, now):
    sweep_clocks(now=now + DAY + MINUTE)
    meet(lead=lead, kind=FIRST_TOUCH, at=now + 25 * HOUR)
    assert sweep_clocks(now=now + 3 * DAY).subjects == 0
    assert "escalate-2" not in steps()


def test_a_lost_lead_reminds_nobody(lead, now):
    type(lead).objects.filter(pk=lead.pk).update(state="lost", lost_reason="bought elsewhere")
    assert sweep_clocks(now=now + 3 * DAY).subjects == 0


def test_an_unowned_lead_is_the_supervisors_matter(org, supervisor, executive, now):
    customer = CustomerFactory(
        project=org.project_one, region=org.region_east, team=org.team_a, owner=None
    )
    lead = LeadFactory(customer=customer, received_at=now)
    start_clocks(lead=lead, started_at=now, now=now)
    LeadClock.objects.exclude(kind=FIRST_TOUCH).delete()
    sweep_clocks(now=now + 8 * HOUR)
    assert told() == [("clock.reminder", "supervisor")]


def test_without_a_supervisor_the_manager_is_told(org, consultant, executive, now):
    lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=now)
    start_clocks(lead=lead, started_at=now, now=now)
    LeadClock.objects.exclude(kind=FIRST_TOUCH).delete()
    sweep_clocks(now=now + DAY + MINUTE)
    assert told() == [("clock.reminder", "consultant"), ("clock.breached", "executive")]


def test_messages_name_the_customer_and_hold_no_phone_number(lead, now):
    lead.customer.name = "王浩然13800138000"
    lead.customer.save(update_fields=["name"])
    sweep_clocks(now=now + DAY + MINUTE)
    breach = Message.objects.get(kind="clock.breached")
    assert breach.params["customer"] == "王浩然…"
    assert (breach.subject_kind, breach.subject_id) == ("customer", str(lead.customer_id))
    text = render(breach.kind, breach.params)
    assert "王浩然…" in text.title
    assert "consultant" in text.body


def test_a_breach_moved_by_a_new_calendar_is_found_though_its_step_is_past(lead, now):
    LeadClock.objects.filter(lead=lead).update(next_step_at=None)
    sweep_clocks(now=now + DAY + MINUTE)
    assert LeadClock.objects.get(lead=lead).state == "breached"


@pytest.mark.django_db(transaction=True)
def test_the_sweep_costs_the_same_queries_for_one_and_for_forty(
    consultant, supervisor, executive, now, django_assert_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def queries(number):
        for _ in range(number):
            lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=now)
            start_clocks(lead=lead, started_at=now, now=now)
        with CaptureQueriesContext(connection) as seen:
            done = sweep_clocks(now=now + 8 * DAY)
        LeadClock.objects.all().delete()
        return done.subjects, len(seen)

    assert queries(1)[0] == 3
    first, second = queries(1), queries(40)
    assert second[0] == 120
    assert second[1] == first[1]


class TestAcrossSpringFestival:
    """The sales office closes from New Year's Eve to the third day, 16 to 19 February 2026."""

    started_at = datetime(2026, 2, 15, 17, 0, tzinfo=SHANGHAI)

    @pytest.fixture
    def inner(self, consultant, supervisor, executive):
        lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=self.started_at)
        start_clocks(
            lead=lead,
            started_at=self.started_at,
            now=self.started_at,
            urgency=Urgency.URGENT,
        )
        return LeadClock.objects.get(lead=lead, kind="response")

    def test_the_inner_limit_goes_on_when_the_office_opens(self, inner):
        assert inner.due_at == datetime(2026, 2, 20, 10, 0, tzinfo=SHANGHAI)

    def test_the_outer_promise_stays_and_its_reminders_come_before_closing(self, inner):
        outer = LeadClock.objects.get(lead=inner.lead, kind=FIRST_TOUCH)
        assert outer.due_at == self.started_at + DAY
        assert outer.next_step_at == datetime(2026, 2, 15, 18, 0, tzinfo=SHANGHAI)


@pytest.fixture
def task(consultant, supervisor, executive, now):
    """A task due tomorrow at 15:00 Shanghai time."""
    due = datetime(2026, 5, 21, 15, 0, tzinfo=SHANGHAI)
    entry = TaskEntry(
        title="发按揭测算表",
        due_at=due,
        owner=consultant,
        customer=CustomerFactory(owner=consultant),
    )
    return create_task(entry=entry, actor=consultant, now=now)


def task_steps():
    return list(TaskEffect.objects.order_by("pk").values_list("occurrence", "step"))


def test_a_task_reminds_on_its_day_before_and_after_then_escalates(task, now):
    moments = [
        datetime(2026, 5, 21, 8, 59, tzinfo=SHANGHAI),
        datetime(2026, 5, 21, 9, 0, tzinfo=SHANGHAI),
        datetime(2026, 5, 21, 14, 30, tzinfo=SHANGHAI),
        datetime(2026, 5, 21, 15, 0, tzinfo=SHANGHAI),
        datetime(2026, 5, 21, 15, 1, tzinfo=SHANGHAI),
        datetime(2026, 5, 22, 15, 1, tzinfo=SHANGHAI),
        datetime(2026, 5, 24, 15, 1, tzinfo=SHANGHAI),
        datetime(2026, 6, 24, 15, 1, tzinfo=SHANGHAI),
    ]
    counts = []
    for moment in moments:
        counts.append(sweep_tasks(now=moment).effects)
        assert sweep_tasks(now=moment).effects == 0
    assert counts == [0, 1, 1, 0, 1, 1, 1, 0]
    assert [step for _nth, step in task_steps()] == [
        "due-day",
        "before",
        "overdue",
        "escalate-1",
        "escalate-2",
    ]
    assert told() == [
        ("task.reminder", "consultant"),
        ("task.reminder", "consultant"),
        ("task.overdue", "consultant"),
        ("task.escalated", "supervisor"),
        ("task.escalated", "executive"),
    ]


def test_putting_a_task_off_arms_its_reminders_anew(task, consultant, now):
    morning = datetime(2026, 5, 21, 9, 0, tzinfo=SHANGHAI)
    sweep_tasks(now=morning)
    later = datetime(2026, 5, 25, 15, 0, tzinfo=SHANGHAI)
    postpone_task(task=task, due_at=later, actor=consultant, now=morning)
    assert sweep_tasks(now=datetime(2026, 5, 21, 16, 0, tzinfo=SHANGHAI)).effects == 0
    sweep_tasks(now=datetime(2026, 5, 25, 9, 0, tzinfo=SHANGHAI))
    assert task_steps() == [(1, "due-day"), (2, "due-day")]


def test_a_done_task_reminds_nobody(task, consultant, now):
    complete_task(task=task, actor=consultant, now=now)
    assert sweep_tasks(now=now + 30 * DAY).subjects == 0


def test_an_overdue_task_found_late_tells_each_person_once(task, now):
    done = sweep_tasks(now=now + 30 * DAY)
    assert (done.effects, done.messages) == (5, 3)
    assert told() == [
        ("task.overdue", "consultant"),
        ("task.escalated", "supervisor"),
        ("task.escalated", "executive"),
    ]
    assert Task.objects.get(pk=task.pk).next_step_at is None
