"""What a price list will do, stored with it, and what followed (MKT-47, MKT-48, BEY-05)."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.approvals.services import sign
from customers.models import Building, Customer, Lead, PriceList, Purchase, Unit, UnitPrice
from customers.pricing.blast import blast_radius
from customers.pricing.rules import Change
from customers.pricing.services.lists import submit_list
from customers.purchase.services.advancing import Terms, cancel, subscribe
from customers.purchase.services.advancing import sign as sign_contract
from customers.purchase.services.holding import hold_unit
from tests.factories import CustomerFactory, LeadFactory, UserFactory
from tests.journey.confirming import confirm_everything
from tests.pricing.test_lists import signed_in

pytestmark = pytest.mark.django_db
UNITS, PEOPLE = 200, 2_000


def totals(unit: Unit) -> Decimal:
    return unit.forecast_area * 20_000


@pytest.fixture
def buy(seller, now):
    """Bring a customer of the seller to a unit, as far as ``until`` says."""

    def make(unit, until, *, at=now) -> Purchase:
        customer = CustomerFactory(owner=seller)
        LeadFactory(customer=customer)
        purchase = hold_unit(unit=unit, customer=customer, actor=seller, now=at)
        if until != "held":
            wanted = Terms(
                list_total=totals(unit), agreed_total=totals(unit), deposit=Decimal(50_000)
            )
            purchase = subscribe(purchase=purchase, terms=wanted, actor=seller, now=at)
        if until == "signed":
            number = f"HT-{unit.pk}"
            confirm_everything(purchase, seller, at)
            purchase = sign_contract(purchase=purchase, contract_no=number, actor=seller, now=at)
        return purchase

    return make


@pytest.mark.spec("MKT-48")
@pytest.mark.spec("BEY-05")
def test_a_cut_lists_its_buyers_and_the_sum_of_what_they_lose(
    make_units, publish, draft, buy, boss, seller
) -> None:
    units, now = make_units(9), timezone.now()
    publish(20_000, at=now - timedelta(days=400))
    old = buy(units[0], "signed", at=now - timedelta(days=300))
    recent = buy(units[1], "signed", at=now - timedelta(days=100))
    subscribed = buy(units[2], "subscribed", at=now)
    held = buy(units[3], "held", at=now)
    LeadFactory(customer=CustomerFactory(owner=seller))
    cut = draft(-10, Change.PERCENT, units=units[3:])
    radius = blast_radius(cut, now=now)
    groups = {line["group"]: line for line in radius["groups"]}
    # Units outside the list are measured by their layout: all of them have the same.
    lost = {each.pk: totals(each.unit) / 10 for each in (recent, subscribed, held)}
    assert (groups["interested"]["customers"], groups["held"]["hit"]) == (1, 1)
    assert Decimal(groups["signed"]["exposure"]) == lost[recent.pk]
    assert groups["signed"]["customers"] == 1  # who signed 300 days ago is not asked
    assert Decimal(groups["subscribed"]["exposure"]) == lost[subscribed.pk]
    assert Decimal(groups["held"]["exposure"]) == lost[held.pk]
    called = {call["purchase"]: Decimal(call["exposure"]) for call in radius["calls"]}
    assert called == lost
    assert old.pk not in called
    page = signed_in(boss).get(f"/prices/{cut.pk}/radius/").content.decode()
    assert recent.customer.name in page
    assert recent.customer.phone not in page
    assert recent.customer.phone[-8:] not in page
    assert old.customer.name not in page
    expected = (lost[recent.pk] + lost[subscribed.pk]) * 30 / 100
    assert Decimal(radius["compensation"]) == expected
    assert f"¥{expected:,.0f}" in page
    assert (radius["churn"], radius["letters"]) == (0, [])


def test_what_was_expected_is_kept_and_compared(
    unit, publish, draft, buy, boss, money_keeper, seller
) -> None:
    now = timezone.now()
    publish(20_000, at=now - timedelta(days=2))
    sold = buy(unit, "subscribed", at=now - timedelta(days=1))
    cut = submit_list(price_list=draft(-5, Change.PERCENT, at=now), actor=boss, now=now)
    sign(approval_id=cut.approval_id, digest=cut.approval.digest, signer=money_keeper, now=now)
    cancel(purchase=sold, reason="降价", actor=seller, now=now + timedelta(seconds=1))
    stored = PriceList.objects.get(pk=cut.pk)
    assert stored.radius["calls"][0]["purchase"] == sold.pk
    assert stored.approval.content["compensation"] == stored.radius["compensation"]
    time.sleep(1.1)
    answer = signed_in(boss).get(f"/prices/{cut.pk}/radius/")
    assert answer.context["followed"]["cancelled"] == 1
    assert answer.context["radius"] == stored.radius


def test_a_radius_names_only_customers_in_scope(
    org, unit, publish, draft, buy, president, now
) -> None:
    publish(20_000, at=now - timedelta(days=2))
    sold = buy(unit, "subscribed", at=now - timedelta(days=1))
    cut = draft(-5, Change.PERCENT)
    address = f"/prices/{cut.pk}/radius/"
    assert sold.customer.name in signed_in(president).get(address).content.decode()
    other = UserFactory(username="binhai", role="supervisor", node=org.team_c)
    assert signed_in(other).get(address).status_code == 404


def test_a_whole_project_takes_a_few_statements_and_less_than_a_second(
    project, building, make_units, publish, draft, seller, now
) -> None:
    layouts = make_units(3)[0].layout
    rows = [
        Unit(
            project=project,
            building=building,
            entrance=str(place // 100 + 2),
            floor=place // 4 % 25 + 1,
            number=f"{place // 4 % 25 + 1}{place % 4 + 1:02d}",
            layout=layouts,
            forecast_area=Decimal(90 + place % 30),
        )
        for place in range(UNITS)
    ]
    Unit.objects.bulk_create(rows)
    born = [
        Customer(name=f"客户{n}", sort_key="kh", tokens=["客"], source="walk_in")
        for n in range(PEOPLE)
    ]
    people = Customer.objects.bulk_create(born, batch_size=1_000)
    enquiries = [
        Lead(
            customer=each,
            project=project,
            source="walk_in",
            capture_point="front_desk",
            received_at=now,
        )
        for each in people
    ]
    Lead.objects.bulk_create(enquiries, batch_size=1_000)
    publish(20_000, at=now - timedelta(days=9))
    Purchase.objects.bulk_create(
        Purchase(
            project=project,
            unit=unit,
            customer=customer,
            consultant=seller,
            state="signed",
            state_since=now,
            begun_at=now,
            signed_at=now,
            list_total=totals(unit),
            agreed_total=totals(unit),
        )
        for unit, customer in zip(Unit.objects.all()[:80], people, strict=False)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    cut = draft(-3, Change.PERCENT)
    assert UnitPrice.objects.filter(price_list=cut).count() == UNITS + 3
    took = []
    for _go in range(3):
        with CaptureQueriesContext(connection) as queries:
            begun = time.perf_counter()
            radius = blast_radius(cut, now=now)
            took.append(time.perf_counter() - begun)
    groups = {line["group"]: line["customers"] for line in radius["groups"]}
    assert (groups["interested"], groups["signed"]) == (PEOPLE - 80, 80)
    assert len(queries) < 14
    assert min(took) < 1.0, [(each["time"], each["sql"][:90]) for each in queries]
    assert Building.objects.count() == 1
