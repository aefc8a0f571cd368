"""The nightly value equals the formula, ties with the ledgers, and leaves out who refuses."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from analytics.value.errors import BookingError
from analytics.value.models import CostPool, CostShare, CustomerIncome, CustomerValue, ValueModel
from analytics.value.policies import rules_at
from analytics.value.rules.cells import Facts, Limits, cells_of
from analytics.value.rules.clv import Known, worth
from analytics.value.services.booking import (
    CostDraft,
    IncomeDraft,
    book_cost,
    book_income,
    reverse_cost,
    reverse_income,
)
from analytics.value.services.fitting import fit_value_model, model_in_use
from analytics.value.services.valuing import value_customers
from analytics.value.tasks import value_customers_nightly
from analytics.value.value_sql import motives
from customers.models import CustomerStanding, IntentRegistration
from customers.services.assessment import remove_refused
from tests.analytics.value.conftest import refuse
from tests.factories import CustomerFactory, LeadFactory
from tests.service.factories import TicketFactory

pytestmark = pytest.mark.django_db
D = Decimal


def recomputed(row, now):
    """Return the value by the pure formula from what the row was worked out from."""
    known = Known(
        agreed=row.agreed,
        contracts=row.contracts,
        age=row.age,
        fees=row.fees,
        returns=row.returns,
        homes=row.homes,
        stage=row.stage,
        wish=row.wish,
        cost=row.cost,
    )
    return worth(known, rules_at(now).terms, model_in_use(now=now).rates)


@pytest.fixture
def many(seller, sign, owner, finance, now):
    """Owners of all ages, prospects with and without a wish, money of all kinds."""
    people = [owner]
    for place in range(14):
        one = CustomerFactory(
            owner=seller,
            buying_stage=["preparing", "watching", "deciding", "signing"][place % 4],
            budget_min=D("1333333.33") if place % 3 else None,
            budget_max=D(2_700_001) if place % 2 else None,
            motive=["自住", "投资", "", "Parents"][place % 4],
            phase="churned" if place == 5 else "new",
        )
        people.append(one)
    for place, one in enumerate(people[1:9]):
        sign(one, days=137 * place + 3, price=1_000_003 + 77_777 * place, paid=333_333)
    sign(people[3], days=20, price=3_456_789, state="handed_over")
    CustomerStanding.objects.create(customer=people[2], activity=60, computed_at=now)
    CustomerStanding.objects.create(customer=people[4], activity=24, computed_at=now)
    IntentRegistration.objects.create(customer=people[6], version=1, purpose="children", at=now)
    for place, one in enumerate(people[:4]):
        book_income(
            draft=IncomeDraft(
                customer=one,
                kind="return" if place == 3 else "fee",
                amount=D("1234.57") * (place + 1),
                received_on=date(2026, 1, 5),
                reference=f"SF-{place}",
            ),
            actor=finance,
            now=now,
        )
        LeadFactory(customer=one, received_at=now)
    cost(people[0], finance, now, kind="acquisition", amount="1000.01")
    return people


def cost(customer, actor, now, *, kind, amount, month_on=None, reference="CB-1", only=False):
    draft = CostDraft(
        kind=kind,
        month_on=month_on or now.date(),
        project=customer.project,
        amount=D(amount),
        reference=reference,
        customer=customer if only else None,
    )
    return book_cost(draft=draft, actor=actor, now=now)


@pytest.mark.spec("ANA-09")
@pytest.mark.spec("ANA-44")
def test_the_job_finds_what_the_formula_says(many, now):
    done = value_customers(now=now)
    assert (done.looked_at, done.written, done.is_finished) == (len(many), len(many), True)
    rows = {row.customer_id: row for row in CustomerValue.objects.select_related("customer")}
    assert set(rows) == {one.pk for one in many}
    limits = Limits(rules_at(now).high_from, rules_at(now).middle_from)
    purposes = dict(IntentRegistration.objects.values_list("customer", "purpose"))
    activity = dict(CustomerStanding.objects.values_list("customer", "activity"))
    for one in many:
        row = rows[one.pk]
        found = recomputed(row, now)
        assert (row.contract_margin, row.received_margin) == (found.contract, found.received)
        assert (row.expected_first, row.expected_second) == (found.first, found.second)
        assert (row.expected_referral, row.expected_fees) == (found.referral, found.fees)
        assert (row.gross, row.cost, row.net) == (found.gross, found.cost, found.net)
        assert row.gross - row.cost == row.net
        facts = Facts(
            row.net,
            purposes.get(one.pk, ""),
            one.motive,
            activity.get(one.pk),
            one.buying_stage,
            one.phase == "churned",
        )
        cells = cells_of(facts, limits, motives())
        assert (row.by_value, row.by_need) == (cells.value, cells.need)
        assert (row.by_behaviour, row.by_stage) == (cells.behaviour, cells.stage)
    assert rows[many[0].pk].contract_margin == D(400_000)
    assert rows[many[0].pk].cost == D("250.01")


def test_a_second_run_writes_nothing_and_a_stopped_one_is_finished_by_the_next(many, now):
    value_customers(now=now)
    later = now + timedelta(hours=1)
    assert value_customers(now=later).written == 0
    assert set(CustomerValue.objects.values_list("computed_at", flat=True)) == {now}
    assert value_customers_nightly()["written"] == 0


@pytest.mark.spec("ANA-11")
def test_the_revenue_of_all_customers_ties_with_the_ledgers(many, now):
    value_customers(now=now)
    sums = CustomerValue.objects.aggregate(Sum("sales"), Sum("fees"), Sum("returns"))
    from customers.models import Receipt

    assert sums["sales__sum"] == Receipt.objects.aggregate(sum=Sum("amount"))["sum"]
    incomes = dict(CustomerIncome.objects.values_list("kind").annotate(Sum("amount")))
    assert (sums["fees__sum"], sums["returns__sum"]) == (incomes["fee"], incomes["return"])


@pytest.mark.spec("ANA-12")
def test_costs_are_shared_out_to_the_fen_by_what_caused_them(seller, owner, finance, now):
    others = [CustomerFactory(owner=seller) for _place in range(2)]
    for one in others:
        LeadFactory(customer=one, received_at=now)
    LeadFactory(customer=others[1], received_at=now)
    TicketFactory(customer=owner, project=owner.project, opened_at=now)
    TicketFactory(customer=others[0], project=owner.project, opened_at=now, kind="inquiry")
    month = {"month_on": now.date()}
    pools = [
        cost(owner, finance, now, kind="acquisition", amount="100", reference="1", **month),
        cost(owner, finance, now, kind="service", amount="0.05", reference="2", **month),
        cost(owner, finance, now, kind="care", amount="70", reference="3", **month),
        cost(owner, finance, now, kind="complaint", amount="9.99", reference="4", **month),
        cost(others[0], finance, now, kind="compensation", amount="55", reference="5", only=True),
    ]
    shared = {
        (share.pool.kind, share.customer_id): share.amount
        for share in CostShare.objects.select_related("pool")
    }
    assert shared == {
        ("acquisition", others[0].pk): D("33.33"),
        ("acquisition", others[1].pk): D("66.67"),
        ("service", owner.pk): D("0.03"),
        ("service", others[0].pk): D("0.02"),
        ("care", owner.pk): D(70),
        ("complaint", owner.pk): D("9.99"),
        ("compensation", others[0].pk): D(55),
    }
    last_year = cost(
        owner, finance, now, kind="service", amount="8", reference="6", month_on=date(2025, 1, 9)
    )
    assert (last_year.unshared, last_year.month_on) == (8, date(2025, 1, 1))
    total = CostPool.objects.aggregate(sum=Sum("amount"))["sum"]
    assert sum(shared.values()) + last_year.unshared == total
    opposite = reverse_cost(cost_id=pools[0].pk, actor=finance, now=now)
    assert opposite.amount == -100
    assert sum(opposite.shares.values_list("amount", flat=True)) == -100
    with pytest.raises(BookingError):
        reverse_cost(cost_id=pools[0].pk, actor=finance, now=now)


def test_an_income_is_booked_once_and_undone_by_its_opposite(owner, finance, now):
    draft = IncomeDraft(
        customer=owner, kind="fee", amount=D(10), received_on=date(2026, 1, 1), reference="A1"
    )
    row = book_income(draft=draft, actor=finance, now=now)
    with pytest.raises(BookingError, match="A1"):
        book_income(draft=draft, actor=finance, now=now)
    reverse_income(income_id=row.pk, actor=finance, now=now)
    with pytest.raises(BookingError):
        reverse_income(income_id=row.pk, actor=finance, now=now)
    assert CustomerIncome.objects.aggregate(sum=Sum("amount"))["sum"] == 0


def test_who_refuses_has_no_value_from_the_next_run_on(owner, now):
    value_customers(now=now)
    assert CustomerValue.objects.filter(customer=owner).exists()
    refuse(owner, now)
    assert value_customers(now=now).removed == 1
    assert not CustomerValue.objects.exists()


@pytest.mark.spec("ANA-50")
def test_the_rates_are_measured_and_tried_on_the_cohorts_of_the_past(seller, sign, now):
    owners = [CustomerFactory(owner=seller) for _place in range(30)]
    for place, one in enumerate(owners):
        sign(one, days=365 * (3 if place < 15 else 2) + 20)
    for one in owners[:6]:
        sign(one, days=365 * 2)  # the second home a year after the first
    for one in owners[15:18]:
        sign(one, days=300)
    brought = CustomerFactory(owner=seller, referrer=owners[0])
    sign(brought, days=100)
    model = fit_value_model(now=now)
    assert model.data["second"] == 9
    assert model.data["referral"] == 1
    assert model.data["owners"] == 31
    lines = model.backtest["lines"]
    assert sum(line["owners"] for line in lines) == 30
    assert sum(line["second"] for line in lines) == 3
    assert sum(line["referral"] for line in lines) == 1
    assert model.backtest["actual"] == 4
    assert 0 < model.backtest["expected"] < 15
    assert fit_value_model(now=now) == model
    assert ValueModel.objects.filter(is_active=True).count() == 1


def test_statements_do_not_grow_with_the_customers(seller, now):
    CustomerFactory(owner=seller)
    value_customers(now=now)

    def statements():
        with CaptureQueriesContext(connection) as seen:
            value_customers(now=now)
        return len(seen)

    few = statements()
    for _place in range(20):
        CustomerFactory(owner=seller)
    assert statements() <= few + 5  # the chunk that writes the new ones


def test_a_refusal_takes_the_value_at_once(client_for, seller, owner, now):
    value_customers(now=now)
    client = client_for(seller)
    refuse(owner, now)
    assert CustomerValue.objects.filter(customer=owner).exists()
    remove_refused(customer_ids=[owner.pk], actor=None, now=now)
    assert not CustomerValue.objects.filter(customer=owner).exists()
    assert client.get(f"/customers/{owner.pk}/value/").context["value"] is None
