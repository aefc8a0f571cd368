"""Each KPI of service, quality and processes counts what a small story counted by hand (ANA-24)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from analytics.kpis.kinds import COMPANY, Asking, Period, Place, ScopeKind
from analytics.kpis.registry import kpi_of
from analytics.kpis.services.reading import read_kpi, read_rows
from service.clocks.models import TicketClock
from service.clocks.selectors import waiting as waits
from service.clocks.selectors.timeliness import Ask
from service.tickets.models import TicketCallback
from tests.analytics.warehouse.stories import D, Story
from tests.factories import NOW, CustomerFactory
from tests.service.factories import CategoryFactory, TicketFactory

pytestmark = pytest.mark.django_db
MAY = Period(dt.date(2026, 5, 1), dt.date(2026, 6, 1))
APRIL = MAY.before()
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def story(org, now) -> Story:
    return Story(org)


def asking(place: Place = COMPANY, **more: Any) -> Asking:
    return Asking(MAY, place, NOW, **more)


def figure(key: str, place: Place = COMPANY, user: Any = None) -> Decimal | None:
    """Return the figure, having seen that the rows behind it say the same."""
    asked = asking(place, user=user)
    reading, rows = read_kpi(key, asked), read_rows(key, asked)
    lines = list(rows.lines)
    assert rows.count == reading.n == len(lines), key
    if reading.top is not None:
        assert sum((line.amount for line in lines), D(0)) == rows.total, key
        assert abs(rows.total - reading.top) < D("0.001"), key
    assert all(line.url.startswith("/") for line in lines)
    return reading.value


@pytest.mark.spec("ANA-24")
def test_handover_rate_counts_taken_of_those_invited_for_the_days(story: Story) -> None:
    for taken in (True, True, True, False):
        story.delivery(due_on=dt.date(2026, 5, 10), taken_at=NOW - DAY if taken else None)
    story.delivery(due_on=dt.date(2026, 4, 30), taken_at=NOW - 30 * DAY)
    story.delivery(due_on=dt.date(2026, 5, 25))  # still ahead
    story.delivery()  # nobody invited
    assert figure("handover_rate") == 75
    one = Place(ScopeKind.PROJECT, story.org.project_one.pk)
    two = Place(ScopeKind.PROJECT, story.org.project_two.pk)
    assert figure("handover_rate", one) == 75
    assert figure("handover_rate", two) is None


@pytest.mark.spec("ANA-24")
def test_callback_coverage_is_that_of_the_desk(story: Story, head_office) -> None:
    from service.tickets.models import Ticket
    from service.tickets.reports import callback_figures

    customer = CustomerFactory(project=story.org.project_one)
    tickets = [TicketFactory(customer=customer, told_at=NOW - n * HOUR) for n in (1, 2, 3)]
    TicketFactory(customer=customer, told_at=NOW - 30 * DAY)
    TicketFactory(customer=customer, kind="suggestion", told_at=NOW - HOUR)
    TicketCallback.objects.create(
        ticket=tickets[0], at=NOW - HOUR / 2, solved="yes", pleasant=5, is_satisfied=True
    )
    TicketCallback.objects.create(  # of a round before it was reopened
        ticket=tickets[1], at=NOW - HOUR / 2, solved="yes", pleasant=5, is_satisfied=True
    )
    Ticket.objects.filter(pk=tickets[1].pk).update(reopened=1)
    found = callback_figures(Ticket.objects.all(), start=MAY.begins_at, end=MAY.ends_at)
    assert (found.called, found.told) == (1, 3)
    assert figure("callback_coverage") == D("33.3333")
    assert figure("callback_coverage", user=head_office) == D("33.3333")


@pytest.mark.spec("ANA-24")
def test_defects_per_home_counts_homes_without_any(story: Story) -> None:
    homes = [story.delivery(walked_at=NOW - 2 * DAY) for _n in range(3)]
    for home, number in zip(homes, (4, 1, 0), strict=True):
        for _n in range(number):
            story.defect(home, found_at=NOW - 2 * DAY)
    story.defect(homes[0], found_at=MAY.ends_at + DAY)
    story.defect(story.delivery(), found_at=NOW - DAY)  # not walked to the end
    assert figure("defects_per_home") == D("1.6667")


@pytest.mark.spec("ANA-24")
def test_repair_time_is_the_median_from_report_to_acceptance(story: Story) -> None:
    for hours in (10, 20, 90):
        story.repair(opened_at=NOW - 100 * HOUR, accepted_at=NOW - (100 - hours) * HOUR)
    story.repair(opened_at=NOW - 100 * HOUR)
    story.repair(opened_at=NOW - 100 * DAY, accepted_at=NOW - 40 * DAY)
    assert figure("repair_hours") == 20


@pytest.mark.spec("ANA-24")
def test_open_day_attendance_counts_who_came(story: Story, head_office) -> None:
    event = story.open_day(starts_at=NOW - 3 * DAY)
    for came, gone in ((True, False), (True, False), (False, False), (False, True)):
        story.sign_up(event, came=came, cancelled=gone)
    story.sign_up(story.open_day(starts_at=NOW + DAY), came=False)
    story.sign_up(story.open_day(starts_at=NOW - 3 * DAY, kind="club"), came=False)
    story.sign_up(story.open_day(starts_at=NOW - 3 * DAY, state="cancelled"), came=False)
    assert figure("open_day_attendance") == D("66.6667")
    assert figure("open_day_attendance", user=head_office) == D("66.6667")


@pytest.mark.spec("ANA-24")
def test_complaints_closed_within_48_hours(story: Story) -> None:
    customer = CustomerFactory(project=story.org.project_one)
    opened = NOW - 10 * DAY
    for closed in (opened + 48 * HOUR, opened + 49 * HOUR, None):
        state = "closed" if closed else "received"
        TicketFactory(customer=customer, opened_at=opened, closed_at=closed, state=state)
    TicketFactory(customer=customer, opened_at=NOW - HOUR)  # may still make it
    TicketFactory(customer=customer, opened_at=opened, state="cancelled")
    TicketFactory(customer=customer, opened_at=opened, kind="inquiry")
    assert figure("complaint_closing_48h") == D("33.3333")
    light = kpi_of("complaint_closing_48h").goal
    assert light is not None
    assert light.value == 90


@pytest.mark.spec("ANA-24")
def test_tickets_and_complaints_received_without_merged_and_cancelled(
    story: Story, head_office
) -> None:
    here = CustomerFactory(project=story.org.project_one)
    there = CustomerFactory(project=story.org.project_two)
    for kind in ("complaint", "complaint", "repair", "inquiry"):
        TicketFactory(customer=here, kind=kind, opened_at=NOW - DAY)
    TicketFactory(customer=there, opened_at=NOW - DAY)
    TicketFactory(customer=here, opened_at=NOW - DAY, state="cancelled")
    TicketFactory(customer=here, opened_at=NOW - 40 * DAY)  # in April
    assert (figure("tickets_opened"), figure("complaints_opened")) == (5, 3)
    one = Place(ScopeKind.PROJECT, story.org.project_one.pk)
    assert (figure("tickets_opened", one), figure("complaints_opened", one)) == (4, 2)
    assert figure("complaints_opened", user=head_office) == 3
    cuts = {cut.key: cut for cut in kpi_of("tickets_opened").cuts(asking())}
    by_kind = {line.value: line.reading.value for line in cuts["kind"].lines}
    assert by_kind == {"complaint": 3, "repair": 1, "inquiry": 1}


@pytest.mark.spec("ANA-24")
def test_time_to_the_first_answer_is_that_of_the_desk(story: Story, head_office) -> None:
    customer = CustomerFactory(project=story.org.project_one)
    for hours, state in ((1, "received"), (3, "closed"), (50, "closed"), (200, "cancelled")):
        _first_answer(TicketFactory(customer=customer, state=state), NOW - 60 * HOUR, hours)
    _first_answer(TicketFactory(customer=customer), NOW - 40 * DAY, 2)  # answered in April
    _first_answer(TicketFactory(customer=customer), NOW - 30 * HOUR, None)
    assert figure("first_response_hours") == 3
    assert figure("first_response_hours", user=head_office) == 3
    month = waits.queue(head_office, Ask(MAY.start, kind=""), NOW)
    assert (month.count, month.median) == (3, 3 * HOUR), "the page of waiting times says the same"


def _first_answer(ticket: Any, since: dt.datetime, hours: float | None) -> None:
    TicketClock.objects.create(
        ticket=ticket,
        kind="first_touch",
        started_at=since,
        due_at=since + DAY,
        basis="natural",
        limit_minutes=1440,
        policy_version=1,
        calendar_key="desk",
        state="running" if hours is None else "met",
        met_at=None if hours is None else since + hours * HOUR,
    )


def test_repairs_at_the_first_go_and_visits_in_time(story: Story) -> None:
    order = story.repair(opened_at=NOW - 9 * DAY)
    story.job(order, 1, outcome="refused", visited=NOW - 8 * DAY)
    story.job(order, 2, outcome="accepted", visited=NOW - 6 * DAY)
    other = story.repair(opened_at=NOW - 9 * DAY)
    story.job(other, 1, outcome="accepted", visited=NOW - 8 * DAY, late=True)
    third = story.repair(opened_at=NOW - 9 * DAY)
    story.job(third, 1, outcome="accepted", visited=NOW - 8 * DAY, came_back_at=NOW)
    assert figure("first_time_fix") == D("33.3333")
    assert figure("repair_visits_in_time") == 75


def test_complaints_for_each_hundred_homes_by_what_caused_them(story: Story) -> None:
    customer = CustomerFactory(project=story.org.project_one)
    for _n in range(20):
        story.delivery(due_on=dt.date(2026, 4, 1), taken_at=NOW - 40 * DAY)
    design = CategoryFactory(axis="cause", code="design")
    quality = CategoryFactory(code="quality")
    leak = CategoryFactory(code="leak", parent=quality)
    TicketFactory(customer=customer, opened_at=NOW - DAY, cause=design)
    TicketFactory(customer=customer, opened_at=NOW - DAY, category=leak)
    TicketFactory(customer=customer, opened_at=NOW - DAY)
    TicketFactory(customer=customer, opened_at=NOW - 60 * DAY, cause=design)
    one = Place(ScopeKind.PROJECT, story.org.project_one.pk)
    assert figure("complaint_rate", one) == 15
    assert figure("design_complaint_rate", one) == 5
    assert figure("building_complaint_rate", one) == 5
    two = Place(ScopeKind.PROJECT, story.org.project_two.pk)
    assert figure("complaint_rate", two) is None, "no homes is no data, not zero"


def test_net_promoter_score_and_days_until_a_defect_is_fixed(story: Story) -> None:
    for points in (10, 9, 8, 6, 0):
        story.answer(recommends=points)
    assert figure("nps") == 0
    home = story.delivery()
    story.defect(home, found_at=NOW - 6 * DAY, closed_at=NOW - 2 * DAY)
    story.defect(home, found_at=NOW - 3 * DAY, closed_at=NOW - DAY)
    assert figure("defect_fix_days") == 3


@pytest.mark.spec("ANA-34")
def test_lead_times_are_medians_of_whole_processes(story: Story) -> None:
    for hours in (2, 4, 30):
        story.answered(received=NOW - 40 * HOUR, given=1, met=hours)
    assert figure("process_enquiry_hours") == 4
    story.delivery(due_on=dt.date(2026, 5, 10), taken_at=NOW - DAY, signed=NOW - 301 * DAY)
    assert figure("process_contract_days") == 300
    home = story.delivery()
    story.defect(home, found_at=NOW - 9 * DAY, closed_at=NOW - 2 * DAY)
    assert figure("process_defect_days") == 7
    story.repair(opened_at=NOW - 5 * DAY, accepted_at=NOW - DAY)
    assert figure("process_repair_days") == 4


KEYS = (
    *("handover_rate", "callback_coverage", "repair_hours", "open_day_attendance"),
    *("complaint_closing_48h", "first_time_fix", "repair_visits_in_time", "defects_per_home"),
    *("defect_fix_days", "complaint_rate", "design_complaint_rate", "building_complaint_rate"),
    *("nps", "process_enquiry_hours", "process_contract_days", "process_defect_days"),
    *("process_repair_days", "first_response_hours"),
)


@pytest.mark.parametrize("key", KEYS)
def test_without_rows_there_is_no_data_and_never_zero(org, key: str) -> None:
    reading = read_kpi(key, asking())
    assert reading.value is None
    assert reading.n == 0
    assert reading.note == "no_data"
    assert read_rows(key, asking()).count == 0
