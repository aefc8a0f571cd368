"""What marketing brings to the KPIs: cost, return, cycle; tiles equal their drill-downs."""

from datetime import date
from decimal import Decimal

import pytest

from analytics.kpis.kinds import Asking, Period, Place, ScopeKind
from analytics.kpis.registry import kpi_of
from marketing.attribution.services.computing import compute
from marketing.campaigns.models import Campaign, CostItem
from tests.factories import CustomerFactory, LeadFactory
from tests.marketing.attribution.conftest import at

pytestmark = pytest.mark.django_db
D = Decimal
MARCH = Period(date(2026, 3, 1), date(2026, 4, 1))
COMPANY = Place(ScopeKind.COMPANY)


def ask(period=MARCH, place=COMPANY, **more):
    return Asking(period, place, at("2026-06-01"), **more)


def tied(key, asking):
    """The figure, after its list was held against it, by part as well."""
    kpi = kpi_of(key)
    reading, rows = kpi.read(asking), kpi.rows(asking)
    assert (rows.count, rows.total) == (reading.n, reading.top)
    assert len(rows.lines) == rows.count
    for table in kpi.cuts(asking) if kpi.cuts else ():
        for line in table.lines:
            part = Asking(asking.period, asking.place, asking.now, part=(table.key, line.value))
            assert kpi.rows(part).count == line.reading.n
            assert kpi.read(part) == line.reading
    return reading


@pytest.fixture
def campaign(org, seller):
    return Campaign.objects.create(
        code="spring",
        name="春季开放日",
        kind="advert",
        project=org.project_one,
        region=org.region_east,
        phase="peak",
        starts_on=date(2026, 3, 1),
        begun_on=date(2026, 3, 1),
        state="running",
        ends_on=date(2026, 5, 31),
        owner=seller,
        created_by=seller,
        aim="到访",
    )


def spend(org, amount, **more):
    given = {"project": org.project_one, "region": org.region_east, "on": date(2026, 3, 10)}
    return CostItem.objects.create(amount=D(amount), note="投放", state="paid", **given | more)


@pytest.mark.spec("ANA-22")
def test_the_return_of_marketing_by_hand_in_all_and_in_part(org, campaign, buy, touch, pay) -> None:
    bought = buy("2026-03-20")
    touch(bought.customer, ("2026-03-05", "agent", "spring"), ("2026-03-06", "short_video"))
    pay(bought, 10_000, "2026-03-20")
    compute(now=at("2026-06-01"))
    spend(org, 500, campaign=campaign, channel_code="agent")
    spend(org, 250, channel_code="short_video")
    spend(org, 250, channel_code="exhibition")
    spend(org, 1000, project=None, region=None)  # named for nothing: without a margin
    # 15 % of 5,000 on 500; 15 % of 5,000 on 250; nothing on 250: (1,500 - 1,000) / 1,000
    whole = kpi_of("marketing_roi").read(ask())
    assert whole.value == D(50)
    channels, campaigns = kpi_of("marketing_roi").cuts(ask())
    by_channel = {line.value: line.reading.value for line in channels.lines}
    assert by_channel == {"agent": D(50), "short_video": D(200), "exhibition": D(-100), "": None}
    assert {line.value: line.reading.value for line in campaigns.lines}["spring"] == D(50)
    tied("cac_buyer", ask())
    assert kpi_of("marketing_roi").rows(ask()).count == 4
    assert kpi_of("marketing_roi").rows(ask(part=("channel", "agent"))).count == 1
    here = Place(ScopeKind.PROJECT, org.project_one.node.pk)
    assert kpi_of("marketing_roi").read(ask(place=here)).n == 3


def test_margins_of_days_are_shared_receipt_by_receipt(org, campaign, buy, touch, pay) -> None:
    bought = buy("2026-03-02")
    touch(bought.customer, ("2026-03-01", "agent", "spring"))
    pay(bought, 4000, "2026-03-04")
    pay(bought, 9000, "2026-03-25")
    compute(now=at("2026-06-01"))
    spend(org, 100, campaign=campaign, on=date(2026, 3, 3))
    week = Period(date(2026, 3, 2), date(2026, 3, 9))
    assert kpi_of("marketing_roi").read(ask(week)).value == D(500)  # (600 - 100) / 100


def test_cost_is_divided_by_customers_and_its_list_adds_up(org, campaign, seller, buy) -> None:
    spend(org, 300, campaign=campaign, channel_code="agent")
    spend(org, 60, project=None, region=None)  # unallocated cost counts as well
    for _number in range(3):
        LeadFactory(customer=CustomerFactory(owner=seller), received_at=at("2026-03-12"))
    assert tied("cac_lead", ask()).value == D(120)
    buy("2026-03-20")
    assert tied("cac_buyer", ask()).value == D(360)


@pytest.mark.spec("ANA-05")
def test_the_cycle_begins_with_the_campaign(org, campaign, seller) -> None:
    for day, state in (("2026-03-31", "new"), ("2026-03-11", "new")):
        LeadFactory(
            customer=CustomerFactory(owner=seller),
            received_at=at(day),
            campaign="spring",
            state=state,
        )
    assert tied("acquisition_cycle", ask()).value == D(20)
    assert kpi_of("acquisition_cycle_median").read(ask()).value == D(20)
    assert kpi_of("acquisition_cycle_p90").read(ask()).value == D(28)


def test_leads_come_apart_by_channel(org, seller) -> None:
    for source in ("agent", "agent", "referral"):
        LeadFactory(
            customer=CustomerFactory(owner=seller),
            received_at=at("2026-03-12"),
            source=source,
            state="qualified",
        )
    tied("conversion_rate", ask())
    table = kpi_of("leads").cuts(ask())[0]
    assert {line.value: line.reading.n for line in table.lines} == {"agent": 2, "referral": 1}
