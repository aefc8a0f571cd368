"""Reminders and escalation of tickets: each once, to whoever is in charge."""

from datetime import timedelta

import pytest
from django.urls import reverse

from crm_site.calendars.models import CalendarYear
from crm_site.calendars.rules.states import Basis
from crm_site.calendars.services import load_calendar_year
from crm_site.outbox.models import Message
from service.clocks.models import TicketClock, TicketClockEffect, TicketClockEntry
from service.clocks.policies import TicketClockPolicy
from service.clocks.rules.limits import TicketLimit
from service.clocks.services.sweeping import sweep_ticket_clocks
from service.clocks.tasks import sweep_ticket_clocks as job
from tests.service.clocks.life import DAY, HOUR, MINUTE, moment
from tests.service.clocks.policy import put_in_force

pytestmark = pytest.mark.django_db
LIMITS = (
    TicketLimit("first_touch", 24 * 60),
    TicketLimit("follow_up", 3 * 24 * 60),
    TicketLimit("closure", 7 * 24 * 60),
)


@pytest.fixture
def staff(agent, service_manager, executive):
    return agent, service_manager, executive


@pytest.fixture
def alone(staff, life):
    """A ticket of which only the first answer is owed any more."""

    def begin(opened="05-20 10:32"):
        put_in_force(TicketClockPolicy(limits=LIMITS), approver=staff[2])
        it = life(opened)
        TicketClock.objects.exclude(kind="first_touch").delete()
        return it

    return begin


def told():
    return list(Message.objects.order_by("pk").values_list("kind", "recipient__username"))


@pytest.mark.check("A-57")
@pytest.mark.spec("BEY-02")
def test_every_step_is_told_once_however_often_the_job_runs(alone, clock_at):
    it = alone()
    seen, when = [], moment("05-20 10:32")
    while when <= moment("05-21 16:00"):
        clock_at(when)
        job()
        job()
        for effect in TicketClockEffect.objects.exclude(step__in=[step for step, _at in seen]):
            seen.append((effect.step, when))
        when += 10 * MINUTE
    assert seen == [
        # half of it is 22:32, outside working time: told before the desk closes at 18:00
        ("remind-50", moment("05-20 18:02")),
        ("remind-80", moment("05-20 18:02")),
        ("remind-100", moment("05-21 10:32")),
        ("breach", moment("05-21 10:42")),
        ("escalate-2", moment("05-21 14:42")),
    ]
    assert told() == [
        ("ticket_clock.reminder", "agent"),
        ("ticket_clock.reminder", "agent"),
        ("ticket_clock.breached", "service_manager"),
        ("ticket_clock.escalated", "executive"),
    ]
    row = it.clock("first_touch")
    assert (row.state, row.breached_at, row.next_step_at) == ("breached", row.due_at, None)
    assert [entry.kind for entry in row.entries.all()] == ["started", "breached"]


def test_after_an_outage_each_person_is_told_once_per_clock(alone):
    alone()
    done = sweep_ticket_clocks(now=moment("05-24 10:32"))
    assert (done.clocks, done.effects, done.messages) == (1, 5, 3)
    assert sweep_ticket_clocks(now=moment("05-24 10:32")).clocks == 0
    assert TicketClockEffect.objects.filter(is_told=False).count() == 2


def test_an_answered_customer_reminds_nobody(alone):
    alone().event("05-20 11:00", "told")
    assert sweep_ticket_clocks(now=moment("05-30 10:32")).clocks == 0


def test_a_ticket_that_waits_for_the_customer_reminds_nobody(staff, life):
    it = life()
    it.wait("05-20 11:00")
    assert sweep_ticket_clocks(now=moment("07-20 10:32")).clocks == 0
    it.hear("07-20 11:00")
    assert it.clock().due_at == moment("05-27 10:32") + (
        moment("07-20 11:00") - moment("05-20 11:00")
    )


def test_a_ticket_without_anybody_is_the_matter_of_whoever_leads_the_desk(alone):
    it = alone()
    type(it.ticket).objects.update(first_responder=None)
    sweep_ticket_clocks(now=moment("05-20 18:32"))
    assert told() == [("ticket_clock.reminder", "service_manager")]


def test_a_message_leads_to_the_ticket_and_holds_no_phone(alone):
    it = alone()
    sweep_ticket_clocks(now=moment("05-20 18:32"))
    message = Message.objects.get()
    assert (message.subject_kind, message.subject_id) == ("ticket", str(it.ticket.pk))
    assert message.params["number"] == it.ticket.number


class TestAnotherLimit:
    """Class or urgency changes: the limits of the version the ticket is pinned to."""

    def test_a_shorter_limit_runs_from_the_same_start(self, life, executive):
        limits = (*LIMITS, TicketLimit("closure", 2 * 24 * 60, urgency="urgent"))
        put_in_force(TicketClockPolicy(limits=limits), approver=executive)
        it = life()
        it.change("05-20 12:00", urgency="urgent")
        row = it.clock()
        assert (row.due_at, row.target) == (moment("05-22 10:32"), 1)
        entry = row.entries.last()
        assert (entry.kind, entry.due_before) == ("retargeted", moment("05-27 10:32"))
        it.change("05-20 13:00", urgency="routine")
        assert it.clock().due_at == moment("05-27 10:32")

    def test_the_version_stays_the_one_it_was_opened_under(self, life, executive):
        it = life()
        shorter = (*LIMITS[:2], TicketLimit("closure", 24 * 60))
        put_in_force(TicketClockPolicy(limits=shorter), since="05-20 11:00", approver=executive)
        it.change("05-20 12:00", urgency="complex")
        row = it.clock()
        assert (row.policy_version, row.limit_minutes) == (1, 15 * 24 * 60)
        later = life("05-20 12:00")
        assert (later.clock().policy_version, later.clock().limit_minutes) == (2, 24 * 60)
        it.move("05-21 10:00", "closed")
        it.move("05-22 10:00", "reopened")
        assert it.clock(round=1).policy_version == 1

    def test_a_longer_limit_lifts_a_breach_and_can_be_missed_again(self, staff, life):
        limits = (TicketLimit("closure", 24 * 60), *LIMITS[:2])
        longer = TicketLimit("closure", 10 * 24 * 60, urgency="complex")
        put_in_force(TicketClockPolicy(limits=(*limits, longer)), approver=staff[2])
        it = life()
        TicketClock.objects.exclude(kind="closure").delete()
        sweep_ticket_clocks(now=moment("05-21 11:00"))
        assert it.clock().state == "breached"
        it.change("05-21 12:00", urgency="complex")
        row = it.clock()
        assert (row.state, row.breached_at, row.due_at) == ("running", None, moment("05-30 10:32"))
        for minute in (0, 0):
            sweep_ticket_clocks(now=moment("05-30 10:33") + minute * MINUTE)
        breaches = Message.objects.filter(kind="ticket_clock.breached")
        assert breaches.count() == 2  # one for each limit

    def test_reminders_that_lie_behind_the_new_limit_are_not_told(self, staff, life):
        limits = (TicketLimit("closure", 48 * 60, urgency="urgent"), *LIMITS)
        put_in_force(TicketClockPolicy(limits=limits), approver=staff[2])
        it = life()
        TicketClock.objects.exclude(kind="closure").delete()
        it.change("05-22 09:00", urgency="urgent")  # 46 of 48 hours are used
        assert sweep_ticket_clocks(now=moment("05-22 09:10")).messages == 0
        assert it.clock().step == 2

    def test_a_class_limit_of_a_parent_holds_for_the_classes_below(self, life, executive):
        from tests.service.factories import CategoryFactory

        quality = CategoryFactory(code="quality", name="质量")
        leak = CategoryFactory(code="leak", name="渗漏", parent=quality)
        limits = (*LIMITS, TicketLimit("closure", 60, Basis.WORKING, category="quality"))
        put_in_force(TicketClockPolicy(limits=limits), approver=executive)
        it = life()
        it.change("05-20 10:40", category=leak)
        assert (it.clock().basis, it.clock().due_at) == ("working", moment("05-20 11:32"))

    def test_an_inner_limit_no_line_asks_for_any_more_is_cancelled(self, life, executive):
        limits = (*LIMITS, TicketLimit("response", 120, Basis.WORKING, urgency="urgent"))
        put_in_force(TicketClockPolicy(limits=limits), approver=executive)
        it = life(urgency="urgent")
        it.change("05-20 10:40", urgency="routine")
        assert it.clock("response").state == "cancelled"
        assert it.clock("closure").state == "running"

    def test_the_inner_limit_begins_when_the_matter_becomes_urgent(self, life, executive):
        limits = (*LIMITS, TicketLimit("response", 120, Basis.WORKING, urgency="urgent"))
        put_in_force(TicketClockPolicy(limits=limits), approver=executive)
        it = life()
        it.change("05-20 16:00", urgency="urgent")
        assert it.clock("response").due_at == moment("05-20 18:00")


def test_switching_the_limits_on_makes_nothing_late_that_was_there_before(life, executive):
    since = moment("05-20 00:00")
    put_in_force(TicketClockPolicy(enforce_from=since), approver=executive)
    before, after = life("05-19 23:59"), life("05-20 00:00")
    assert before.states() == {}
    assert before.ticket.due_at is None
    assert set(after.states().values()) == {"running"}
    assert sweep_ticket_clocks(now=moment("05-20 08:00")).clocks <= 4


def test_imported_history_starts_no_clock(life):
    old = life(channel="import", occurred_on=moment("05-01 00:00").date())
    recent = life(channel="import", occurred_on=moment("05-19 00:00").date())
    assert old.states() == {}
    assert recent.states() != {}


@pytest.mark.check("A-57")
def test_a_year_without_a_calendar_is_provisional_said_so_and_computed_again(
    life, client_for, agent, clock_at
):
    it = life("2027-02-04 16:00")  # the Thursday before the eve of the Spring Festival
    row = it.clock("response")
    assert row.is_provisional
    assert row.due_at == moment("2027-02-05 10:30")
    clock_at("2027-02-04 16:30")
    page = client_for(agent).get(reverse("service:ticket-clocks", args=[it.ticket.pk]))
    assert "banner-amber" in page.content.decode()
    days = [{"date": f"2027-02-{day:02d}", "isOffDay": True} for day in range(5, 13)]
    load_calendar_year(year=2027, days=days, source="国务院办公厅", now=moment("2027-02-04 17:00"))
    row.refresh_from_db()
    assert CalendarYear.objects.filter(year=2027).exists()
    assert (row.is_provisional, row.due_at) == (False, moment("2027-02-15 10:30"))
    entry = TicketClockEntry.objects.filter(clock=row).last()
    assert (entry.kind, entry.due_before) == ("recomputed", moment("2027-02-05 10:30"))
    assert entry.facts["years"] == {"2027": 1}
    it.ticket.refresh_from_db()
    assert it.ticket.due_at == moment("2027-02-05 16:00")  # the first answer, in natural time
    page = client_for(agent).get(reverse("service:ticket-clocks", args=[it.ticket.pk]))
    assert "banner-amber" not in page.content.decode()


def test_a_breach_lifted_by_a_loaded_year_is_told_when_it_comes_again(staff, life):
    it = life("2027-02-04 16:00")
    TicketClock.objects.exclude(kind="response").delete()
    sweep_ticket_clocks(now=moment("2027-02-05 11:00"))
    assert it.clock("response").state == "breached"
    days = [{"date": f"2027-02-{day:02d}", "isOffDay": True} for day in range(5, 13)]
    load_calendar_year(year=2027, days=days, source="国务院办公厅", now=moment("2027-02-05 12:00"))
    assert it.clock("response").state == "running"
    sweep_ticket_clocks(now=moment("2027-02-15 10:31"))
    assert Message.objects.filter(kind="ticket_clock.breached").count() == 2


def test_of_a_reopened_ticket_each_round_is_reminded(staff, life):
    it = life()
    it.move("05-21 10:00", "closed")
    it.move("05-22 10:00", "reopened")
    sweep_ticket_clocks(now=moment("05-22 10:00") + 7 * DAY + HOUR)
    assert it.clock(round=1).state == "breached"
    assert it.clock(round=0).state == "met"
    assert timedelta(0) < it.clock(round=1).due_at - it.clock(round=0).due_at
