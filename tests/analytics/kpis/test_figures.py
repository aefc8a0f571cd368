"""Each figure by a story with a known answer, as its page and its rows tell it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics.kpis.hooks import (
    Collector,
    Cost,
    collector_of,
    forget,
    register_collector,
    register_cost_source,
)
from analytics.kpis.kinds import Line, Place, Reading, Rows, ScopeKind
from analytics.kpis.models import MarketFigure
from analytics.kpis.registry import kpi_of
from analytics.kpis.rules.lights import light_of
from analytics.kpis.services.reading import read_kpi, read_rows
from analytics.kpis.targets import target_of
from customers.models import (
    Customer,
    CustomerGrade,
    DuplicateSuggestion,
    LeadClock,
)
from service.clocks.models import TicketClock
from service.surveys.rules.figures import mean_of
from tests.analytics.kpis.conftest import APRIL, LONG_AGO, MAY
from tests.analytics.kpis.factories import PurchaseFactory, UnitFactory
from tests.conftest import make_user
from tests.factories import CustomerFactory, InteractionFactory, UserFactory
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
D = Decimal
HOUR = timedelta(hours=1)
IN_APRIL = datetime.fromisoformat("2026-04-12T10:00+08:00")
IN_MAY = datetime.fromisoformat("2026-05-12T10:00+08:00")


def lit(key: str, reading: Reading) -> str:
    return light_of(reading, target_of(key, MAY.start)).value


def tied(key: str, asking) -> Reading:
    """Return the figure, after holding it against the rows that its list gives one by one."""
    reading, rows = read_kpi(key, asking), read_rows(key, asking)
    lines = list(rows.lines)
    assert len(lines) == rows.count == reading.n
    assert sum(line.amount for line in lines) == rows.total == reading.top
    return reading


@pytest.mark.spec("ANA-02")
def test_efficiency_by_channel_ties_with_rows_and_sums(known, leads, ask, client_for, org) -> None:
    leads(known(3), ["qualified", "signed"], at=IN_MAY, source="walk_in")
    leads(known(5), ["qualified"], at=IN_MAY, source="web", campaign="spring")
    leads(known(4), ["new"], at=IN_MAY, source="web")
    client = client_for(make_user(org, "executive"))
    page = client.get("/analytics/efficiency/?period=2026-05")
    lines, whole = page.context["lines"], page.context["whole"]
    assert [(line.leads, line.qualified, line.signed) for line in lines] == [(9, 5, 0), (3, 3, 3)]
    assert (whole.leads, whole.qualified, whole.signed) == (12, 8, 3)
    assert (whole.conversion, whole.cost, whole.cycle) == ("37.5 %", "--", "--")
    for line in (*lines, whole):
        assert client.get(line.leads_url).context["rows"].count == line.leads
        assert client.get(line.cohort_url).context["rows"].count == line.qualified
    for by in ("campaign", "project", "nonsense"):
        page = client.get(f"/analytics/efficiency/?period=2026-05&by={by}")
        assert sum(line.leads for line in page.context["lines"]) == 12
    east = org.region_east.pk
    register_cost_source(
        "test",
        lambda period, now: [Cost(1, date(2026, 5, 2), D(900), "投放", channel="web", region=east)],
    )
    try:
        page = client.get(f"/analytics/efficiency/?period=2026-05&place=region-{east}")
        costs = [(line.cost, line.cost_each) for line in page.context["lines"]]
        assert costs == [("¥900", "¥100"), ("--", "--")]
        assert page.context["whole"].cost_each == "¥75"
    finally:
        forget("test")


@pytest.mark.spec("ANA-08")
def test_repurchase_counts_homes_strictly_and_everything_broadly(known, ask) -> None:
    people = known(10)
    for buyer in people:
        PurchaseFactory(customer=buyer, signed_at=IN_APRIL - timedelta(days=400))
    PurchaseFactory(customer=people[0], signed_at=IN_MAY)  # a second home
    for buyer in people[:3]:  # a parking space
        space = UnitFactory(project=buyer.project, kind="parking")
        PurchaseFactory(customer=buyer, unit=space, signed_at=IN_APRIL)
    taken_back = PurchaseFactory(customer=people[5], signed_at=IN_APRIL)
    type(taken_back).objects.filter(pk=taken_back.pk).update(state="refunded", ended_at=IN_MAY)
    known(7)  # never bought
    strict, broad = tied("repurchase_strict", ask()), tied("repurchase_broad", ask())
    assert (strict.value, broad.value, broad.n) == (D(10), D(30), 10)
    assert lit("repurchase_broad", broad) == "green"
    assert lit("repurchase_strict", strict) == "none"  # the target is for the broad one


@pytest.mark.spec("ANA-09")
@pytest.mark.spec("ANA-11")
@pytest.mark.spec("ANA-12")
def test_value_is_what_contracts_say_and_cost_is_shared_out_whole(known, ask) -> None:
    first, second, _third = known(3)
    PurchaseFactory(customer=first, signed_at=IN_APRIL, agreed_total=800_000)
    PurchaseFactory(customer=first, signed_at=IN_MAY, agreed_total=100_000)
    PurchaseFactory(customer=second, signed_at=IN_MAY, agreed_total=100_000)
    gross = tied("clv", ask())
    assert (gross.value, gross.n, lit("clv", gross)) == (D(500_000), 2, "green")
    assert tied("total_revenue", ask()).value == D(1_000_000)
    assert tied("total_revenue", ask(APRIL)).value == D(800_000)
    assert tied("contract_money", ask()).value == D(200_000)
    assert read_kpi("lifecycle_cost", ask()).note == "no_cost"
    register_cost_source(
        "test",
        lambda period, now: [
            Cost(1, date(2026, 5, 2), D(600), "投放"),
            Cost(2, date(2026, 5, 3), D(300), "维修补偿", kind="compensation"),
            Cost(3, date(2026, 6, 1), D(999), "六月", kind="care"),
        ],
    )
    try:
        cost = tied("lifecycle_cost", ask())
        assert (cost.value, cost.top, cost.bottom) == (D(450), D(900), D(2))
        assert cost.value * cost.bottom == cost.top  # what is shared out is all of it
        assert gross.value - cost.value == D(499_550)
        assert tied("care_cost", ask()).top == D(300)
    finally:
        forget("test")
    assert read_kpi("clv_expected", ask()).note == "no_forecast"


@pytest.mark.spec("ANA-10")
def test_the_relation_lasts_until_half_have_left(known, lose, ask) -> None:
    people = known(4)
    for number, days in enumerate((10, 20)):
        lose(people[number : number + 1], LONG_AGO + timedelta(days=days, hours=1))
    reading = tied("lifecycle_length", ask())
    assert (reading.value, reading.n) == (D(20), 4)
    known(5)  # with them fewer than half have left
    reading = read_kpi("lifecycle_length", ask())
    assert (reading.value, reading.note) == (None, "no_median")


@pytest.mark.spec("ANA-14")
def test_ninety_five_of_a_hundred_complaints_pass_and_ninety_four_fail(seller, known, ask) -> None:
    customer = known(1)[0]
    clocks = []
    for number in range(100):
        ticket = TicketFactory(customer=customer, handler=seller)
        clocks.append(
            TicketClock(
                ticket=ticket,
                kind="closure",
                started_at=IN_MAY,
                due_at=IN_MAY + 24 * HOUR,
                basis="natural",
                limit_minutes=1440,
                policy_version=1,
                calendar_key="desk",
                state="met",
                met_at=IN_MAY + (HOUR if number < 95 else 30 * HOUR),
            )
        )
    TicketClock.objects.bulk_create(clocks)
    reading = tied("complaint_timeliness", ask())
    assert (reading.value, reading.n, lit("complaint_timeliness", reading)) == (D(95), 100, "green")
    first = TicketClock.objects.filter(met_at=IN_MAY + HOUR)[:1].values("pk")
    TicketClock.objects.filter(pk__in=first).update(met_at=IN_MAY + 30 * HOUR)
    assert lit("complaint_timeliness", read_kpi("complaint_timeliness", ask())) == "amber"
    here = ask(place=Place(ScopeKind.CONSULTANT, seller.pk))
    assert read_kpi("complaint_timeliness", here).n == 100


@pytest.mark.spec("ANA-17")
def test_ten_enquiries_give_known_shares_by_person_class_and_grade(
    known, leads, ask, org, seller
) -> None:
    other = UserFactory(node=org.team_b)
    rows = leads(known(6), ["new"], at=IN_MAY)
    rows += leads(known(4, owner=other), ["new"], at=IN_MAY, owner=other)
    CustomerGrade.objects.bulk_create(
        CustomerGrade(
            customer=row.customer,
            grade="A" if n < 2 else "C",
            score=50,
            points=[50, 0, 0, 0, 0, 0],
            policy_version=1,
            graded_at=IN_MAY,
        )
        for n, row in enumerate(rows)
    )
    for number, row in enumerate(rows):
        LeadClock.objects.create(
            lead=row,
            kind="first_touch",
            started_at=IN_MAY,
            due_at=IN_MAY + 24 * HOUR,
            basis="natural",
            limit_minutes=1440,
            policy_version=1,
            calendar_key="desk",
            state="met" if number < 7 else "breached",
            met_at=IN_MAY + HOUR if number < 7 else None,
            breached_at=None if number < 7 else IN_MAY + 24 * HOUR,
        )
    reading = tied("sla_first_touch", ask())
    assert (reading.value, reading.n) == (D(70), 10)
    mine = tied("sla_first_touch", ask(place=Place(ScopeKind.CONSULTANT, seller.pk)))
    theirs = tied("sla_first_touch", ask(place=Place(ScopeKind.CONSULTANT, other.pk)))
    assert (mine.value, theirs.value) == (D(100), D(25))
    cuts = {cut.key: cut for cut in kpi_of("sla_first_touch").cuts(ask())}
    shares = {line.value: line.reading.value for line in cuts["grade"].lines}
    assert shares == {"A": D(100), "C": D("62.5")}
    assert [line.label for line in cuts["person"].lines] == [seller.name, other.name]
    assert read_kpi("sla_closure", ask()).value is None


@pytest.mark.spec("ANA-16")
def test_active_is_who_did_something_of_its_own(known, ask) -> None:
    people = known(8)
    InteractionFactory(customer=people[0], at=IN_MAY, channel="visit", result="visited")
    InteractionFactory(customer=people[1], at=IN_MAY, result="reached")
    InteractionFactory(customer=people[2], at=IN_MAY, result="no_answer")  # only we called
    InteractionFactory(customer=people[3], at=IN_APRIL, result="reached")
    reading = tied("activity_rate", ask())
    assert (reading.value, reading.top, reading.n) == (D(25), D(2), 8)
    assert tied("visits", ask()).value == 1


@pytest.mark.spec("ANA-18")
def test_recovery_is_what_win_back_brings_and_nothing_before(ask) -> None:
    brought = collector_of("recovery_rate")
    forget("recovery_rate")
    assert read_kpi("recovery_rate", ask()).note == "no_winback"
    row = Line(1, ("案例",), amount=D(1))
    register_collector(
        "recovery_rate",
        Collector(
            read=lambda asking: Reading(D(65), D(1), D(1), 1),
            rows=lambda asking: Rows(("案例",), (row,), 1, D(1)),
        ),
    )
    try:
        assert tied("recovery_rate", ask()).value == 65
    finally:
        register_collector("recovery_rate", brought)


@pytest.mark.spec("ANA-19")
def test_the_grade_mix_is_that_of_the_customers(known, ask, now) -> None:
    people = known(20)
    Customer.objects.filter(pk__in=[each.pk for each in people[:2]]).update(
        customer_class="high_value"
    )
    for number, each in enumerate(people[:10]):
        CustomerGrade.objects.create(
            customer=each,
            grade="A" if number < 4 else "B",
            score=50,
            points=[50, 0, 0, 0, 0, 0],
            policy_version=1,
            graded_at=now,
        )
    running = ask(now=MAY.ends_at - HOUR)
    high = tied("high_value_share", running)
    assert (high.value, lit("high_value_share", high)) == (D(10), "green")
    shares = [tied(f"grade_share_{letter}", running).value for letter in "abcde"]
    assert shares == [40, 60, 0, 0, 0]
    past = read_kpi("high_value_share", ask())  # nobody knows how it stood
    assert (past.value, past.note) == (None, "not_kept")


@pytest.mark.spec("ANA-20")
def test_no_figure_of_the_market_is_no_share_and_never_zero(
    known, ask, client_for, org, cast
) -> None:
    for buyer in known(9):
        PurchaseFactory(customer=buyer, signed_at=IN_MAY)
    missing = read_kpi("market_share", ask())
    assert (missing.value, missing.note) == (None, "no_market")
    client = client_for(cast["head_office"])
    new = {"city": "杭州", "month": "2026-05", "homes": "900", "source": "住建局"}
    wrong = client.post("/analytics/market/add/", new | {"month": "May", "homes": "0"})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"month", "homes"})
    new["month"] = f"{timezone.localdate():%Y-%m}"
    assert client.post("/analytics/market/add/", new).status_code == 302
    MarketFigure.objects.update(month=MAY.start)
    share = tied("market_share", ask())
    assert (share.value, share.bottom) == (D(1), D(900))
    city = ask(place=Place(ScopeKind.PROJECT, org.project_one.pk))
    assert read_kpi("market_share", city).value == D(1)
    assert read_kpi("market_share", ask(APRIL)).value is None
    assert client_for(cast["executive"]).get("/analytics/market/add/").status_code == 403
    assert client.post("/analytics/market/add/", new | {"month": "2026-05"}).status_code == 422


@pytest.mark.spec("ANA-21")
def test_referrals_tie_with_the_tree(known, ask) -> None:
    root, child, grandchild, alone = known(4)
    Customer.objects.filter(pk=child.pk).update(referrer=root)
    Customer.objects.filter(pk=grandchild.pk).update(referrer=child)
    for buyer in (root, child, grandchild, alone):
        PurchaseFactory(customer=buyer, signed_at=IN_MAY)
    assert tied("introducer_share", ask()).value == 50  # root and child
    assert tied("referral_share", ask()).value == 50  # child's and grandchild's deals
    generations = tied("referral_generations", ask())
    assert (generations.value, generations.top) == (D("1.5"), D(3))  # 1 and 2


@pytest.mark.spec("ANA-23")
def test_planted_faults_are_counted_exactly(known, ask) -> None:
    people = known(20)
    Customer.objects.filter(pk__in=[each.pk for each in people[:3]]).update(is_unreachable=True)
    DuplicateSuggestion.objects.create(
        left=people[3], right=people[4], score=D("0.9"), found_at=IN_MAY
    )
    Customer.objects.filter(pk__in=[each.pk for each in people[:5]]).update(completeness=80)
    Customer.objects.filter(pk__in=[each.pk for each in people[:4]]).update(last_contact_at=IN_MAY)
    running = ask(now=MAY.ends_at - HOUR)
    accuracy = tied("data_accuracy", running)
    assert (accuracy.value, accuracy.n - accuracy.top) == (D(75), D(5))
    assert tied("data_completeness", running).value == D(20)
    assert tied("data_timeliness", running).value == D(20)


@pytest.mark.spec("ANA-13")
def test_the_mean_and_its_interval_are_those_of_the_surveys(ask, seller, rated) -> None:
    rated([10, 9, 8, 9, 7, 10], at=IN_MAY)
    reading = tied("csat", ask())
    assert reading.value == D("8.8333")
    known_answer = mean_of(6, 53 / 6, 1.1690451944500122)
    assert (float(reading.low), float(reading.high)) == pytest.approx(
        (known_answer.low, known_answer.high), abs=0.001
    )
    assert (reading.note, lit("csat", reading)) == ("few", "green")
    rated([8] * 24, at=IN_MAY)
    reading = read_kpi("csat", ask())
    assert (reading.n, reading.note, lit("csat", reading)) == (30, "", "amber")
    mine = ask(place=Place(ScopeKind.CONSULTANT, seller.pk))
    assert tied("csat", mine).n == 30
    rated([4] * 3, at=IN_APRIL)
    assert read_kpi("satisfaction_improvement", ask()).value is not None


@pytest.mark.spec("ANA-07")
def test_the_cohort_table_counts_who_stayed_and_opens_them(known, lose, client_for, org) -> None:
    now = timezone.now()
    month = timezone.localtime(now).replace(day=1, hour=9)
    last = (month - timedelta(days=3)).replace(day=2)
    people = known(8, since=last)
    lose(people[:2], last + timedelta(days=2))
    Customer.objects.filter(pk=CustomerFactory(owner=people[0].owner).pk).update(created_at=month)
    client = client_for(make_user(org, "executive"))
    page = client.get("/analytics/cohorts/")
    cohorts = {cohort.month: cohort for cohort in page.context["cohorts"]}
    cohort = cohorts[last.date().replace(day=1)]
    assert (cohort.size, [cell.stayed for cell in cohort.cells]) == (8, [6, 6])
    assert cohort.cells[0].percent == 75
    for age, number in (("", 8), ("0", 6), ("1", 6)):
        rows = client.get(f"/analytics/cohorts/rows/?cohort={last:%Y-%m}&age={age}")
        assert len(rows.context["rows"]) == number
    for bad in ("", "cohort=2026", "cohort=2026-05&age=x"):
        assert client.get(f"/analytics/cohorts/rows/?{bad}").status_code == 404
