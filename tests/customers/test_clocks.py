"""The three promises to somebody who enquires, and the desk's inner limit (CUS-39 to CUS-42)."""

from datetime import UTC, datetime, timedelta

import pytest

from crm_site.policies.models import PolicyVersion
from crm_site.policies.shapes import to_json
from customers.clock_policies import LEAD_CLOCKS, LeadClockPolicy
from customers.models import LeadClock, LeadClockEffect
from customers.rules.axes import ClockKind
from customers.rules.followups import ClockStart, Limit, Urgency
from customers.services.clocks import (
    cancel_clocks,
    meet,
    recompute_lead_clocks,
    start_clocks,
    start_clocks_bulk,
)
from tests.factories import CustomerFactory, LeadFactory

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST_TOUCH = ClockKind.FIRST_TOUCH.value


def started(consultant, received_at, **more):
    lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=received_at)
    start_clocks(lead=lead, started_at=received_at, now=received_at, **more)
    return lead


def put_in_force(policy, *, version, valid_from, approver):
    return PolicyVersion.objects.create(
        key=LEAD_CLOCKS,
        version=version,
        payload=to_json(policy),
        state="approved",
        valid_from=valid_from,
        approver=approver,
    )


def test_three_clocks_run_in_natural_time_from_the_enquiry(consultant, now):
    lead = started(consultant, now)
    rows = LeadClock.objects.filter(lead=lead).order_by("due_at")
    assert [(row.kind, row.due_at - now, row.basis, row.state) for row in rows] == [
        ("first_touch", DAY, "natural", "running"),
        ("follow_up", 3 * DAY, "natural", "running"),
        ("closure", 7 * DAY, "natural", "running"),
    ]
    assert {row.policy_version for row in rows} == {1}
    assert {row.calendar_key for row in rows} == {"sales_office"}
    assert not any(row.is_provisional for row in rows)


def test_the_first_reminder_moves_to_the_last_working_moment(consultant, now):
    lead = started(consultant, now)
    row = LeadClock.objects.get(lead=lead, kind=FIRST_TOUCH)
    # Half of 24 h after 10:32 is 22:32; the sales office closes at 18:00 Shanghai time.
    assert row.next_step_at == datetime(2026, 5, 20, 10, 0, tzinfo=UTC)


def test_starting_twice_keeps_the_first_clocks(consultant, now):
    lead = started(consultant, now)
    before = list(LeadClock.objects.filter(lead=lead).order_by("pk").values())
    again = start_clocks(lead=lead, started_at=now + HOUR, now=now + HOUR)
    assert list(LeadClock.objects.filter(lead=lead).order_by("pk").values()) == before
    assert len(again) == 3


@pytest.mark.parametrize(
    ("urgency", "limit"), [(Urgency.URGENT, 2 * HOUR), (Urgency.ROUTINE, 4 * HOUR)]
)
def test_an_urgency_adds_the_inner_limit_in_working_time(consultant, now, urgency, limit):
    lead = started(consultant, now, urgency=urgency)
    row = LeadClock.objects.get(lead=lead, kind="response")
    assert (row.basis, row.due_at) == ("working", now + limit)
    assert LeadClock.objects.filter(lead=lead).count() == 4


def test_a_line_for_a_grade_wins_over_the_general_one(consultant, now, executive):
    from customers.models import CustomerGrade

    policy = LeadClockPolicy(limits=(*LeadClockPolicy().limits, Limit(FIRST_TOUCH, 120, grade="A")))
    put_in_force(policy, version=2, valid_from=now - DAY, approver=executive)
    lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=now)
    CustomerGrade.objects.create(
        customer=lead.customer,
        grade="A",
        score=90,
        points=[],
        policy_version=1,
        graded_at=now,
    )
    start_clocks(lead=lead, started_at=now, now=now)
    other = started(consultant, now)
    first = LeadClock.objects.filter(kind=FIRST_TOUCH)
    assert first.get(lead=lead).limit_minutes == 120
    assert first.get(lead=other).limit_minutes == 24 * 60


def test_enquiries_before_the_day_of_enforcement_get_no_clock(consultant, now, executive):
    policy = LeadClockPolicy(enforce_from=now)
    put_in_force(policy, version=2, valid_from=now - DAY, approver=executive)
    early = LeadFactory(customer=CustomerFactory(owner=consultant))
    assert start_clocks(lead=early, started_at=now - timedelta(seconds=1), now=now) == []
    assert len(start_clocks(lead=early, started_at=now, now=now)) == 3


@pytest.mark.parametrize(
    ("after", "state"),
    [
        (timedelta(hours=23, minutes=59), ("met", None)),
        (DAY, ("met", None)),
        (timedelta(hours=24, minutes=1), ("met", DAY)),
    ],
    ids=["23:59", "24:00 sharp", "24:01"],
)
def test_in_time_follows_from_the_due_time_without_any_sweep(consultant, now, after, state):
    lead = started(consultant, now)
    assert meet(lead=lead, kind=FIRST_TOUCH, at=now + after) is True
    row = LeadClock.objects.get(lead=lead, kind=FIRST_TOUCH)
    breached_after = row.breached_at - now if row.breached_at else None
    assert (row.state, breached_after) == state
    assert row.met_at == now + after
    assert row.next_step_at is None


def test_meeting_twice_keeps_the_first_moment(consultant, now):
    lead = started(consultant, now)
    assert meet(lead=lead, kind=FIRST_TOUCH, at=now + HOUR) is True
    assert meet(lead=lead, kind=FIRST_TOUCH, at=now + 2 * HOUR) is False
    assert LeadClock.objects.get(lead=lead, kind=FIRST_TOUCH).met_at == now + HOUR


def test_a_void_matter_owes_nothing(consultant, now):
    lead = started(consultant, now)
    meet(lead=lead, kind=FIRST_TOUCH, at=now + HOUR)
    assert cancel_clocks(lead=lead, now=now + 2 * HOUR) == 2
    states = LeadClock.objects.filter(lead=lead).order_by("due_at").values_list("state", flat=True)
    assert list(states) == ["met", "cancelled", "cancelled"]
    assert not LeadClock.objects.filter(lead=lead, next_step_at__isnull=False).exists()


def test_imported_history_starts_no_clock(consultant, now, django_assert_max_num_queries):
    ages = [timedelta(hours=1), 6 * DAY, 7 * DAY, 7 * DAY + timedelta(seconds=1), 400 * DAY]
    leads = [
        LeadFactory(customer=CustomerFactory(owner=consultant), received_at=now - age)
        for age in ages
    ]
    received = [(lead.pk, lead.received_at) for lead in leads]
    assert start_clocks_bulk(received=received, mode=ClockStart.NONE, now=now) == 0
    assert LeadClock.objects.count() == 0
    with django_assert_max_num_queries(12):
        assert start_clocks_bulk(received=received, mode=ClockStart.FROM_RECEIVED, now=now) == 3
    assert set(LeadClock.objects.values_list("lead", flat=True)) == {lead.pk for lead in leads[:3]}
    assert start_clocks_bulk(received=received, mode=ClockStart.FROM_RECEIVED, now=now) == 3
    assert LeadClock.objects.count() == 9


def test_an_import_tells_nobody_of_what_passed_before_it(consultant, now):
    from crm_site.outbox.models import Message
    from customers.services.reminders import sweep_clocks

    received_at = now - 6 * DAY
    lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=received_at)
    start_clocks_bulk(received=[(lead.pk, received_at)], mode=ClockStart.FROM_RECEIVED, now=now)
    states = LeadClock.objects.filter(lead=lead).order_by("due_at").values_list("state", flat=True)
    assert list(states) == ["breached", "breached", "running"]
    assert sweep_clocks(now=now).subjects == 0
    assert Message.objects.count() == 0
    done = sweep_clocks(now=now + DAY)
    assert (done.effects, done.messages) == (1, 1)
    assert list(LeadClockEffect.objects.filter(at__gt=now).values_list("clock__kind", "step")) == [
        ("closure", "remind-100")
    ]


def test_from_import_starts_the_time_at_the_import(consultant, now):
    lead = LeadFactory(customer=CustomerFactory(owner=consultant), received_at=now - 2 * DAY)
    start_clocks_bulk(received=[(lead.pk, lead.received_at)], mode=ClockStart.FROM_IMPORT, now=now)
    assert LeadClock.objects.get(lead=lead, kind=FIRST_TOUCH).due_at == now + DAY


def test_recomputing_a_year_leaves_natural_limits_alone(consultant, now):
    lead = started(consultant, now)
    before = list(LeadClock.objects.filter(lead=lead).order_by("pk").values())
    recompute_lead_clocks(year=2026, now=now)
    assert list(LeadClock.objects.filter(lead=lead).order_by("pk").values()) == before
