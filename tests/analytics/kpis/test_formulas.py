"""Hand-computed figures, each through the registry as the pages read it."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from analytics.churn.models import ChurnLoss
from analytics.kpis.hooks import Cost, forget, register_campaign_source, register_cost_source
from analytics.kpis.kinds import COMPANY, Period, Place, ScopeKind
from analytics.kpis.models import KpiSnapshot
from analytics.kpis.registry import all_kpis, kpi_of
from analytics.kpis.rules.lights import light_of
from analytics.kpis.services import freezing
from analytics.kpis.services.reading import read_kpi, read_rows
from analytics.kpis.targets import target_of
from tests.analytics.kpis.conftest import APRIL, MAY
from tests.analytics.kpis.factories import PurchaseFactory

pytestmark = pytest.mark.django_db
D = Decimal
IN_MAY = datetime.fromisoformat("2026-05-12T10:00+08:00")


def lit(key: str, reading) -> str:
    return light_of(reading, target_of(key, MAY.start)).value


@pytest.fixture
def spend():
    """Bring cost for May."""

    def bring(*amounts, **more) -> None:
        register_cost_source(
            "test",
            lambda period, now: [
                Cost(n, date(2026, 5, 3), D(amount), "短视频", **more)
                for n, amount in enumerate(amounts, 1)
            ],
        )

    yield bring
    forget("test")


def test_every_kpi_answers_for_every_kind_of_place(org, seller, ask) -> None:
    places = (COMPANY, Place(ScopeKind.REGION, org.region_east.pk))
    places += (Place(ScopeKind.TEAM, org.team_a.pk), Place(ScopeKind.CONSULTANT, seller.pk))
    assert len(all_kpis()) > 40
    for kpi in all_kpis():
        for place in places:
            reading = read_kpi(kpi.key, ask(place=place))
            assert reading.value is not None or reading.note, kpi.key
            if kpi.by_place and place.kind in kpi.places:
                asking = ask(place=place)
                kpi.by_place(asking.period, place.kind, asking.now)


@pytest.mark.spec("ANA-03")
def test_thirty_of_two_hundred_qualified_leads_are_fifteen_percent(
    known, leads, ask, spend
) -> None:
    people = known(200)
    leads(people[:30], ["qualified", "signed"], at=IN_MAY)
    leads(people[30:], ["qualified"], at=IN_MAY)
    leads(known(40), ["contacted"], at=IN_MAY)  # never qualified: not counted
    reading = read_kpi("conversion_rate", ask())
    assert (reading.value, reading.top, reading.n) == (D("15.0000"), D(30), 200)
    assert lit("conversion_rate", reading) == "green"
    leads(known(1), ["qualified"], at=IN_MAY)
    assert lit("conversion_rate", read_kpi("conversion_rate", ask())) == "amber"
    for buyer in people[:30]:
        PurchaseFactory(customer=buyer, signed_at=IN_MAY)
    assert read_kpi("customers_per_10k", ask()).note == "no_cost"
    spend(60_000)
    assert read_kpi("customers_per_10k", ask()).value == D("5.0000")


@pytest.mark.spec("ANA-04")
def test_thirty_thousand_yuan_for_two_hundred_leads_are_a_hundred_and_fifty(
    known, leads, ask, spend, org
) -> None:
    leads(known(200), ["new"], at=IN_MAY)
    missing = read_kpi("cac", ask())
    assert (missing.value, missing.note, lit("cac", missing)) == (None, "no_cost", "none")
    spend(18_000, 12_000, project=org.project_one.pk)
    reading = read_kpi("cac", ask())
    assert (reading.value, lit("cac", reading)) == (D("150.0000"), "green")
    assert read_kpi("cac_lead", ask()).value == D("150.0000")
    assert read_kpi("cac_visitor", ask()).value is None  # nobody came: not zero
    for buyer in known(20):
        PurchaseFactory(customer=buyer, signed_at=IN_MAY)
    assert read_kpi("cac_buyer", ask()).value == D("1500.0000")
    here = ask(place=Place(ScopeKind.PROJECT, org.project_one.pk))
    assert read_kpi("cac", here).value == D("150.0000")
    elsewhere = ask(place=Place(ScopeKind.PROJECT, org.project_two.pk))
    assert read_kpi("cac", elsewhere).value is None
    spend(18_000, 12_001)
    assert lit("cac", read_kpi("cac", ask())) == "amber"


@pytest.mark.spec("ANA-05")
def test_the_cycle_is_thirty_days_from_the_first_to_the_thirty_first_of_march(
    known, leads, ask
) -> None:
    march = Period(date(2026, 3, 1), date(2026, 4, 1))
    assert read_kpi("acquisition_cycle", ask(march)).note == "no_campaign"
    register_campaign_source("test", lambda now: {"spring": date(2026, 3, 1)})
    try:
        last = datetime.fromisoformat("2026-03-31T23:30+08:00")
        leads(known(1), ["new"], at=last, campaign="spring")
        reading = read_kpi("acquisition_cycle", ask(march))
        target = target_of("acquisition_cycle", march.start)
        assert (reading.value, light_of(reading, target)) == (D("30.0000"), "green")
        for days in (0, 1, 2, 3, 4, 5, 6, 7, 8):
            leads(known(1), ["new"], at=last - timedelta(days=30 - days), campaign="spring")
        leads(known(5), ["new"], at=last)  # no campaign: not counted
        assert read_kpi("acquisition_cycle", ask(march)).value == D("6.6000")
        assert read_kpi("acquisition_cycle_median", ask(march)).value == D("4.5000")
        assert read_kpi("acquisition_cycle_p90", ask(march)).value == D("10.2000")
    finally:
        forget("test")


@pytest.mark.spec("ANA-06")
def test_forty_nine_of_a_thousand_pass_and_fifty_fail(known, lose, ask) -> None:
    people = known(1000)
    assert read_kpi("churn_rate", ask()).note == "no_churn"
    lose(people[:49], IN_MAY)
    known(150, since=IN_MAY)  # new ones count on neither side
    reading = read_kpi("churn_rate", ask())
    assert (reading.value, lit("churn_rate", reading)) == (D("4.9000"), "green")
    lose(people[49:50], IN_MAY)
    reading = read_kpi("churn_rate", ask())
    assert (reading.value, lit("churn_rate", reading)) == (D("5.0000"), "amber")
    lose(people[950:], IN_MAY - timedelta(days=60))  # gone before: not at risk
    assert read_kpi("churn_rate", ask()).n == 950
    for buyer in people[:10]:
        PurchaseFactory(customer=buyer, signed_at=IN_MAY - timedelta(days=90))
    owners = read_kpi("churn_rate_owners", ask())
    prospects = read_kpi("churn_rate_prospects", ask())
    assert (owners.top, owners.n, prospects.top, prospects.n) == (D(10), 10, D(40), 940)


@pytest.mark.spec("ANA-06")
def test_a_loss_counts_on_its_day_whenever_it_is_found(known, lose, ask) -> None:
    """The first night finds what happened long ago: each month gets its own losses."""
    people = known(20)
    night = IN_MAY + timedelta(days=10)
    lose(people[:2], IN_MAY - timedelta(days=30), found=night)
    lose(people[2:5], IN_MAY, found=night)
    may, april = read_kpi("churn_rate", ask()), read_kpi("churn_rate", ask(APRIL, now=night))
    assert (april.top, april.n) == (D(2), 20)
    assert (may.top, may.n) == (D(3), 18), "who was lost in April is not at risk in May"
    before = read_kpi("churn_rate", ask(APRIL, now=night - timedelta(days=1)))
    assert before.note == "no_churn", "the day before nothing was known"
    rows = read_rows("churn_rate", ask())
    lost = {line.key: line.cells[-1] for line in rows.lines if line.amount}
    assert lost == {each.pk: date(2026, 5, 12) for each in people[2:5]}
    assert (rows.count, rows.total) == (may.n, may.top)


@pytest.mark.spec("ANA-06")
def test_what_is_found_later_moves_an_open_period_and_no_frozen_one(known, lose, ask) -> None:
    people = known(10)
    lose(people[:1], IN_MAY)
    kpi, night = kpi_of("churn_rate"), datetime.fromisoformat("2026-05-20T02:00+08:00")
    freezing.freeze(MAY, [kpi], now=night)
    frozen = KpiSnapshot.objects.get(place_kind="company")
    assert (frozen.top, frozen.taken_at) == (D(1), night)
    lose(people[1:3], IN_MAY - timedelta(days=2), found=night + timedelta(days=1))
    ChurnLoss.objects.filter(customer=people[0]).update(
        state="reversed", ended_at=night + timedelta(days=1), ended_why="x"
    )
    assert freezing.is_same(frozen, freezing.recomputed(frozen)), "as of that night"
    assert read_kpi("churn_rate", ask(now=night + timedelta(days=2))).top == D(2)
    ChurnLoss.objects.filter(customer=people[1]).update(
        state="recovered", ended_at=night + timedelta(days=3), ended_why="x"
    )
    june = Period(date(2026, 6, 1), date(2026, 7, 1))
    assert read_kpi("churn_rate", ask()).top == D(2), "won back later, lost then"
    assert read_kpi("churn_rate", ask(june)).n == 9, "who came back is at risk again"


@pytest.mark.spec("ANA-07")
def test_retention_and_churn_of_the_same_customers_make_a_hundred(known, lose, ask) -> None:
    lose(known(7)[:3], IN_MAY)
    churn, kept = read_kpi("churn_rate", ask()), read_kpi("retention_rate", ask())
    assert churn.n == kept.n == 7
    assert churn.top + kept.top == 7
    assert churn.value + kept.value == pytest.approx(100, abs=D("0.0001"))
