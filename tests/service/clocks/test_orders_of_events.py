"""Every order of events: due time, state and whether it was in time, for each clock (A-57).

The table follows the pattern of Zammad's escalation examples; the named cases are the faults other
systems had.
"""

import itertools

import pytest

from crm_site.calendars.rules.states import Basis
from service.clocks.models import TicketClock
from service.clocks.rules import moves, working
from service.clocks.rules.limits import Promise
from service.clocks.rules.moves import Happening, moves_of
from service.tickets.rules import TicketState
from tests.service.clocks.life import DAY, HOUR, MINUTE, moment
from tests.service.clocks.oracle import CALENDAR, at, walk

OPENED = "05-20 10:32"  # a Wednesday
pytestmark = pytest.mark.django_db


def test_a_ticket_starts_with_three_promises_and_the_inner_limit(life):
    it = life()
    due = {row.kind: row.due_at for row in TicketClock.objects.filter(ticket=it.ticket)}
    assert due == {
        "first_touch": moment(OPENED) + DAY,
        "follow_up": moment(OPENED) + 3 * DAY,
        "closure": moment(OPENED) + 7 * DAY,
        # four hours of the desk: 88 minutes before lunch, the rest from 13:30 on
        "response": moment("05-20 16:02"),
    }
    assert it.ticket.due_at == due["response"]


# name, what happens, kind of clock, round: (state, due, met)
ORDERS = [
    ("closed without an answer before", [("move", "05-21 09:00", "closed")], "first_touch", 0,
     ("met", "05-21 10:32", "05-21 09:00")),
    ("answer, then closing", [("event", "05-20 15:00", "told"), ("move", "05-22 09:00", "closed")],
     "first_touch", 0, ("met", "05-21 10:32", "05-20 15:00")),
    ("a late answer stays late", [("event", "05-22 15:00", "told")], "first_touch", 0,
     ("met", "05-21 10:32", "05-22 15:00")),
    ("a second answer changes nothing",
     [("event", "05-20 15:00", "told"), ("event", "05-23 15:00", "told")], "follow_up", 0,
     ("met", "05-23 10:32", "05-20 15:00")),
    ("waiting moves the natural limit by as long as it lasts",
     [("wait", "05-21 10:32"), ("hear", "05-23 10:32")], "closure", 0,
     ("running", "05-29 10:32", None)),
    ("waiting stands still", [("wait", "05-21 10:32")], "closure", 0,
     ("paused", "05-27 10:32", None)),
    ("closed while waiting is in time",
     [("wait", "05-26 10:32"), ("hear", "06-20 10:32"), ("move", "06-20 11:00", "closed")],
     "closure", 0, ("met", "06-21 10:32", "06-20 11:00")),
    ("told while the customer is awaited: the wait is not held against it",
     [("wait", "05-21 10:32"), ("event", "06-20 10:32", "told")], "follow_up", 0,
     ("met", "06-22 10:32", "06-20 10:32")),
    ("two waits add up",
     [("wait", "05-21 10:00"), ("hear", "05-22 10:00"), ("wait", "05-22 10:00"),
      ("hear", "05-23 10:00")], "closure", 0, ("running", "05-29 10:32", None)),
    ("waiting after the limit has run out changes nothing",
     [("wait", "05-28 10:32"), ("hear", "05-30 10:32")], "closure", 0,
     ("running", "05-27 10:32", None)),
    ("closed, reopened: the first round is kept",
     [("move", "05-22 10:32", "closed"), ("move", "06-01 09:00", "reopened")], "closure", 0,
     ("met", "05-27 10:32", "05-22 10:32")),
    ("closed, reopened: a new clock of seven days",
     [("move", "05-22 10:32", "closed"), ("move", "06-01 09:00", "reopened")], "closure", 1,
     ("running", "06-08 09:00", None)),
    ("closed, reopened, closed late",
     [("move", "05-22 10:32", "closed"), ("move", "06-01 09:00", "reopened"),
      ("move", "06-09 09:00", "closed")], "closure", 1, ("met", "06-08 09:00", "06-09 09:00")),
    ("reopened at the callback: the clock was never met and goes on",
     [("move", "05-22 10:32", "callback"), ("move", "05-23 10:32", "reopened")], "closure", 0,
     ("running", "05-27 10:32", None)),
    ("cancelled owes nothing", [("move", "05-21 09:00", "cancelled")], "closure", 0,
     ("cancelled", "05-27 10:32", None)),
    ("cancelled while waiting owes nothing",
     [("wait", "05-21 09:00"), ("move", "05-21 10:00", "cancelled")], "follow_up", 0,
     ("cancelled", "05-23 10:32", None)),
]  # fmt: skip


@pytest.mark.check("A-57")
@pytest.mark.spec("SVC-04")
@pytest.mark.parametrize(
    ("happens", "kind", "number", "outcome"),
    [row[1:] for row in ORDERS],
    ids=[row[0] for row in ORDERS],
)
def test_after_these_events_the_clock_stands_at(life, happens, kind, number, outcome):
    it = life()
    for what, when, *more in happens:
        getattr(it, what)(when, *more)
    row = it.clock(kind, number)
    state, due, met = outcome
    assert (row.state, row.due_at) == (state, moment(due))
    assert row.met_at == (moment(met) if met else None)
    if row.met_at:
        assert (row.breached_at is not None) == (row.met_at > row.due_at)


ORDERINGS = list(itertools.permutations(["told", "wait", "classify", "urgent"]))


@pytest.mark.parametrize("order", ORDERINGS)
def test_whatever_comes_first_the_limits_end_at_the_same_time(life, org, order):
    """Told, a wait of a day, classified, made urgent: in any order the same promises."""
    it = life()
    for number, what in enumerate(order):
        when = moment("05-20 10:40") + number * 10 * MINUTE
        if what == "told":
            it.event(when, "told")
        elif what == "wait":
            it.wait(when)
            it.hear(when + MINUTE)
        elif what == "classify":
            it.move(when, "classified")
        else:
            it.change(when, urgency="urgent")
    closure = it.clock()
    assert (closure.state, closure.due_at) == ("running", moment("05-27 10:33"))
    assert it.clock("first_touch").state == it.clock("follow_up").state == "met"
    assert it.clock("response").state == "met"


class TestFaultsOfOthers:
    """What went wrong elsewhere, named by repository and issue."""

    def test_zammad_3140_an_answered_customer_escalates_nothing(self, life):
        """Escalated although the agent had answered and only the customer was awaited."""
        it = life()
        it.event("05-20 11:00", "told")
        it.wait("05-20 11:00")
        rows = TicketClock.objects.filter(ticket=it.ticket).due_now(moment("07-20 11:00"), OPEN)
        assert list(rows) == []

    def test_zammad_5177_one_clock_never_overrules_another(self, life):
        """A shorter update time replaced the first response; here each keeps its own due time."""
        it = life()
        before = {row.kind: row.due_at for row in TicketClock.objects.all()}
        it.event("05-20 11:00", "noted", data={"clock": "reached"})
        after = {row.kind: row.due_at for row in TicketClock.objects.all()}
        assert before == after
        assert it.states() == {
            "first_touch": "met",
            "response": "met",
            "follow_up": "running",
            "closure": "running",
        }
        assert it.ticket.due_at == moment("05-23 10:32")

    def test_zammad_3180_no_minute_is_lost_at_midnight(self):
        """Around the clock, the minute before midnight was never counted."""
        limit = working.counted(
            at("2026-05-20 23:00"), at("2026-05-21 01:00"), basis=Basis.NATURAL, calendar=CALENDAR
        )
        assert working.total(limit) == 2 * HOUR

    def test_zammad_390_a_holiday_nobody_loaded_is_never_silent(self, life, org):
        """A feed of holidays that did not load was noticed by nobody: here it is said."""
        it = life("2027-12-30 17:00")
        row = it.clock("response")
        assert row.is_provisional
        assert row.entries.get().facts["years"] == {"2027": 0}

    def test_suitecrm_9034_days_are_never_stored_as_words(self, life):
        """Business hours broke wherever days were stored in the user's language."""
        from django.utils import translation

        with translation.override("zh-hans"):
            chinese = life().clock("response").due_at
        with translation.override("en"):
            english = life().clock("response").due_at
        assert chinese == english

    def test_zammad_904_a_merged_ticket_escalates_nothing(self, life):
        it, other = life(), life()
        it.merge("05-20 11:00", other.ticket)
        assert set(it.states().values()) == {"cancelled"}
        assert it.ticket.due_at is None

    def test_zammad_3551_asking_back_is_an_answer_and_then_stands_still(self, life):
        """Answering and setting to pending in one step lost the first answer."""
        it = life()
        it.wait("05-20 11:00")
        assert it.states() == {
            "first_touch": "met",
            "response": "met",
            "follow_up": "paused",
            "closure": "paused",
        }

    def test_zammad_2579_closing_writes_how_long_it_took(self, life):
        it = life()
        it.move("05-22 10:32", "closed")
        assert it.clock().met_at - it.clock().started_at == 2 * DAY


OPEN = [state.value for state in TicketState]


def test_a_merge_taken_back_lets_the_clocks_count_as_if_they_had_not_stopped(life):
    it, other = life(), life()
    it.event("05-20 11:00", "told")
    it.merge("05-20 12:00", other.ticket)
    it.unmerge("05-21 12:00")
    assert it.clock("first_touch").state == "met"
    assert (it.clock().state, it.clock().due_at) == ("running", moment("05-27 10:32"))
    assert it.ticket.due_at == moment("05-27 10:32")


@pytest.mark.parametrize(
    ("kind", "to", "by_person", "met"),
    [
        ("opened", "received", True, ()),
        ("assigned", "", True, ()),
        ("noted", "", True, ()),
        ("moved", "investigating", True, ()),
        ("moved", "executing", True, ()),
        ("moved", "plan_agreed", True, moves.SUBSTANTIVE),
        ("moved", "replied", True, moves.SUBSTANTIVE),
        ("moved", "replied", False, ()),  # an answer by a machine stops nothing
        ("told", "", True, moves.SUBSTANTIVE),
        ("told", "", False, ()),
        ("called_back", "", True, moves.SUBSTANTIVE),
        ("waiting", "waiting", True, moves.ANSWERED),
        ("reopened", "reopened", True, ()),
        ("moved", "closed", True, tuple(Promise)),
        ("moved", "closed", False, tuple(Promise)),
    ],
)
def test_what_stops_a_clock(kind, to, by_person, met):
    event = Happening(kind, "complaint", "classified", to, by_person=by_person)
    assert moves_of(event).meets == met


def test_whoever_comes_to_repair_has_answered():
    event = Happening("moved", "repair", "assigned", "executing")
    assert moves_of(event).meets == moves.SUBSTANTIVE


@pytest.mark.check("A-57")
@pytest.mark.parametrize("opened", ["2026-02-13 16:30", "2026-02-14 11:00", "2025-09-28 17:00"])
@pytest.mark.parametrize("waits", [0, 3, 14])
def test_the_inner_limit_is_counted_in_business_time_over_feasts(life, opened, waits):
    """Waiting over the Spring Festival takes no more from the limit than the work it covers."""
    it = life(opened)
    row = it.clock("response")
    start = moment(opened)
    pauses = []
    TicketClock.objects.filter(kind="first_touch").delete()
    if waits:
        # the inner limit is kept open by letting only the customer's answer be awaited
        stood = start + 10 * MINUTE
        TicketClock.objects.filter(pk=row.pk).update(
            state="paused", paused_at=stood, next_step_at=None
        )
        it.ticket.state, it.ticket.resume_state = "waiting", "received"
        it.ticket.waiting_since = stood
        it.ticket.save()
        it.hear(start + waits * DAY)
        pauses = [(stood, start + waits * DAY)]
    row.refresh_from_db()
    assert row.due_at == walk_desk(start, 4 * 60, pauses)


def walk_desk(start, minutes, pauses):
    """Walk on the service desk's own plan: 08:30 to 12:00 and 13:30 to 18:00."""
    import chinese_calendar

    now = start
    while minutes:
        time = now.hour * 60 + now.minute
        works = 510 <= time < 720 or 810 <= time < 1080
        paused = any(a <= now < b for a, b in pauses)
        if works and not paused and not chinese_calendar.is_holiday(now.date()):
            minutes -= 1
        now += MINUTE
    return now


def test_the_walk_of_these_tests_agrees_with_the_one_of_the_properties():
    assert walk(at("2026-02-13 16:30"), 60) == at("2026-02-13 17:30")
