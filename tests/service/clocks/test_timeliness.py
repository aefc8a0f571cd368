"""The timely rate: computed from the raw cases it equals the tile, and each figure its list."""

import re
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from analytics.kpis.kinds import COMPANY, Asking
from analytics.kpis.kinds import Period as Period_
from analytics.kpis.rules.lights import light_of
from analytics.kpis.services.reading import read_kpi
from analytics.kpis.targets import Comparison, GoalLine, TargetsPolicy, target_of
from crm_site.policies.models import PolicyVersion
from crm_site.policies.services import in_force
from service.clocks.hooks import standards
from service.clocks.models import TicketClock
from service.clocks.policies import TIMELINESS, TimelinessPolicy
from service.clocks.rules.months import period_of
from service.clocks.rules.rates import Period, Standard, Tally, Verdict, verdict
from tests.service.clocks.life import moment
from tests.service.clocks.policy import put_in_force
from tests.service.factories import CategoryFactory

pytestmark = pytest.mark.django_db
PAGE, CASES = "service:ticket-timeliness", "service:timeliness-cases"
ROWS = re.compile(r'<th role="rowheader" scope="row"><a href="/tickets/(\d+)/clocks/">')


@pytest.fixture
def cases(life, org):
    """Complaints of May with every fate; the month is looked at on the 28th at noon."""
    leak, door = CategoryFactory(name="渗漏"), CategoryFactory(name="门窗")
    found = {}
    for number in range(3):
        it = found[f"kept-{number}"] = life("05-04 10:00", category=leak)
        it.move("05-08 10:00", "closed")
    it = found["at the limit"] = life("05-04 10:00", category=door)
    it.move("05-11 10:00", "closed")
    it = found["late"] = life("05-04 10:00", category=leak)
    it.move("05-11 10:01", "closed")
    found["overdue"] = life("05-12 10:00", category=door)
    found["running"] = life("05-27 10:00")
    it = found["waiting"] = life("05-12 10:00")
    it.wait("05-13 10:00")
    it = found["cancelled"] = life("05-04 10:00")
    it.move("05-05 10:00", "cancelled")
    it = found["merged"] = life("05-04 10:00")
    it.merge("05-05 10:00", found["running"].ticket)
    it = found["repair"] = life("05-04 10:00", kind="repair")
    it.move("05-05 10:00", "closed")
    it = found["elsewhere"] = life("05-04 10:00", project=org.project_three)
    it.move("05-05 10:00", "closed")
    it = found["before"] = life("04-04 10:00")
    it.move("04-05 10:00", "closed")
    it = found["twice"] = life("05-04 10:00")
    it.move("05-05 10:00", "closed")
    it.move("05-06 10:00", "reopened")
    it.move("05-20 10:00", "closed")
    return found


@pytest.fixture
def reader(client_for, service_manager, clock_at):
    clock_at("05-28 12:00")
    return client_for(service_manager)


def raw_tally(rows, period):
    """Judge every row by the pure rule, one after the other."""
    found = [
        verdict(
            due_at=row.due_at,
            met_at=row.met_at,
            period=period,
            stands_still=row.state == "paused",
        )
        for row in rows
    ]
    return Tally(*(found.count(each) for each in Verdict))


def seen_rows(project_three):
    rows = TicketClock.objects.filter(kind="closure", ticket__kind="complaint")
    rows = rows.exclude(state="cancelled").exclude(ticket__state__in=["merged", "cancelled"])
    return rows.exclude(ticket__project=project_three)


@pytest.mark.spec("SVC-29")
def test_the_rate_from_raw_cases_equals_the_tile_and_overdue_open_counts_against(
    cases, reader, org
):
    context = reader.get(reverse(PAGE)).context
    period = Period(moment("05-01 00:00"), moment("06-01 00:00"), moment("05-28 12:00"))
    expected = raw_tally(seen_rows(org.project_three), period)
    # three kept, one at the limit, one of the two rounds; one and the second round late; one open
    assert expected == Tally(kept=5, late=2, overdue=1)
    assert context["whole"].tally == expected
    assert expected.rate == 5 / 8
    page = reader.get(reverse(PAGE)).content.decode()
    assert re.search(r'id="rate"[^>]*>62\.5%<', page)
    # without the overdue one the rate would be better: it does count
    cases["overdue"].move("05-28 11:00", "cancelled")
    assert reader.get(reverse(PAGE)).context["whole"].tally.rate == 5 / 7


def every_figure(context):
    lines = [context["whole"]]
    for cut in context["cuts"]:
        lines += cut.lines
    lines += [line for _month, line in context["trend"]]
    return [
        figure for line in lines for figure in (line.kept, line.late, line.overdue, line.counted)
    ]


@pytest.mark.spec("SVC-29")
def test_every_figure_opens_exactly_the_limits_it_counted(cases, reader):
    context = reader.get(reverse(PAGE)).context
    figures = every_figure(context)
    assert len(figures) == 4 * 19
    for figure in figures:
        if figure.count:
            page = reader.get(figure.url)
            assert page.status_code == 200, figure.url
            assert len(ROWS.findall(page.content.decode())) == figure.count, figure.url
    kept = reader.get(context["whole"].kept.url).content.decode()
    shown = {int(key) for key in ROWS.findall(kept)}
    names = ["kept-0", "kept-1", "kept-2", "at the limit", "twice"]
    assert shown == {cases[name].ticket.pk for name in names}


def test_a_figure_of_nothing_opens_an_empty_list(cases, reader):
    context = reader.get(reverse(PAGE), {"month": "2026-02"}).context
    assert context["whole"].counted.count == 0
    assert context["whole"].tally.rate is None
    page = reader.get(context["whole"].counted.url)
    assert "No limits here" in page.content.decode() or "没有" in page.content.decode()


def test_a_past_month_keeps_the_overdue_of_its_end(cases, reader, clock_at):
    """What was open and late when May ended stays counted in May, also once it is handled."""
    clock_at("06-10 12:00")
    cases["overdue"].move("06-09 12:00", "closed")
    may = reader.get(reverse(PAGE), {"month": "2026-05"}).context["whole"].tally
    # the one running on the 28th is not due before the 3rd of June
    assert may == Tally(kept=5, late=2, overdue=1)
    june = reader.get(reverse(PAGE), {"month": "2026-06"}).context["whole"].tally
    assert (june.late, june.overdue) == (1, 1)


@pytest.mark.parametrize(
    ("kept", "missed", "is_reached"), [(19, 1, True), (18, 1, False), (94, 5, False), (0, 0, None)]
)
def test_the_target_is_not_reached_by_rounding(kept, missed, is_reached):
    at_least = Standard(Decimal(95))
    assert Tally(kept, missed, 0).reaches(at_least) is is_reached
    assert Tally(kept, 0, missed).reaches(at_least) is is_reached
    assert Tally(kept, missed, 0).reaches(None) is None
    assert Tally(19, 1, 0).reaches(Standard(Decimal(95), "gt")) is False


def set_target(value, *, since, approver, version):
    line = GoalLine(Comparison.AT_LEAST, value)
    put_in_force(
        TargetsPolicy({"complaint_timeliness": line}),
        since=since,
        version=version,
        approver=approver,
    )


def test_the_target_is_that_of_the_kpi_in_each_month(cases, reader, executive):
    """It stands once: page, trend and the light of the KPI follow the same version."""
    page = reader.get(reverse(PAGE))
    assert page.context["target"] == Standard(Decimal(95))
    assert page.context["whole"].is_reached is False
    set_target(Decimal(60), since="05-01 00:00", approver=executive, version=2)
    set_target(None, since="05-02 00:00", approver=executive, version=3)
    page = reader.get(reverse(PAGE))
    assert page.context["target"] == Standard(Decimal(60)), "of the beginning of the month"
    assert page.context["whole"].is_reached is True
    may = Period_(date(2026, 5, 1), date(2026, 6, 1))
    reading = read_kpi("complaint_timeliness", Asking(may, COMPANY, moment("05-28 12:00")))
    assert light_of(reading, target_of("complaint_timeliness", may.start)) == "green"
    targets = dict(standards([date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)]))
    assert [found and found.percent for found in targets.values()] == [95, 60, None]


def test_without_a_target_nothing_is_judged(cases, reader, executive):
    set_target(None, since="05-01 00:00", approver=executive, version=2)
    page = reader.get(reverse(PAGE))
    assert (page.context["target"], page.context["whole"].is_reached) == (None, None)
    assert "c-red" not in re.search(r'<a id="rate"[^>]*>', page.content.decode()).group()


def test_versions_of_before_with_a_target_of_their_own_are_still_read(executive):
    put_in_force(TimelinessPolicy(slow_least=5), approver=executive)
    row = PolicyVersion.objects.get(key=TIMELINESS, version=2)
    PolicyVersion.objects.filter(pk=row.pk).update(payload=row.payload | {"target_percent": 80})
    assert in_force(TIMELINESS, at=moment("05-28 12:00")).value == TimelinessPolicy(slow_least=5)


def test_projects_and_kinds_are_cut_out(cases, reader, org, head_office, client_for):
    asked = {"kind": "repair"}
    assert reader.get(reverse(PAGE), asked).context["whole"].tally == Tally(kept=1)
    everywhere = client_for(head_office).get(reverse(PAGE)).context["whole"].tally
    assert everywhere == Tally(kept=6, late=2, overdue=1)
    asked = {"project": org.project_three.pk}
    there = client_for(head_office).get(reverse(PAGE), asked).context
    assert there["whole"].tally == Tally(kept=1)
    # out of reach is refused, not shown as everything
    assert reader.get(reverse(PAGE), asked).status_code == 422


def test_what_cannot_be_read_is_said_and_shows_no_row(cases, reader):
    assert reader.get(reverse(PAGE), {"month": "1999-13"}).status_code == 422
    page = reader.get(reverse(CASES), {"month": "1999-13"})
    assert not ROWS.findall(page.content.decode())


def test_without_the_right_nothing_is_seen(client_for, agent, consultant):
    for person in (agent, consultant):
        for name in (PAGE, CASES, "service:ticket-waiting", "service:concern-analysis"):
            assert client_for(person).get(reverse(name)).status_code == 403


@pytest.mark.parametrize("name", [PAGE, CASES])
def test_twenty_cases_cost_no_more_queries_than_one(
    name, life, reader, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    category = CategoryFactory()
    life("05-04 10:00", category=category).move("05-05 10:00", "closed")
    reader.get(reverse(name))
    with CaptureQueriesContext(
        connection,
    ) as one:
        reader.get(reverse(name))
    for _number in range(19):
        life("05-04 10:00", category=category).move("05-05 10:00", "closed")
    with CaptureQueriesContext(connection) as twenty:
        page = reader.get(reverse(name))
    assert len(twenty) == len(one)
    assert page.status_code == 200


def test_a_month_begins_at_midnight_in_beijing(now):
    period = period_of(moment("05-01 00:00").date(), now)
    assert (period.start, period.end) == (moment("05-01 00:00"), moment("06-01 00:00"))
    assert period.seen_at == now


def test_provisional_limits_are_said_on_the_page(life, client_for, service_manager, clock_at):
    it = life("2027-01-04 10:00")
    it.event("2027-01-05 09:00", "told")
    clock_at("2027-01-06 09:00")
    page = client_for(service_manager).get(reverse(PAGE), {"clock": "response"})
    assert page.context["provisional"] == 1
    assert "banner-amber" in page.content.decode()
