"""Holds: one at a time for each unit, ended by the clock of the database, renewed once (MKT-56)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from customers.models import Purchase
from customers.property.services import offer_unit, withhold_unit
from customers.purchase.errors import (
    HoldRefusedError,
    PurchaseStepError,
    UnitTakenError,
    UnitWithheldError,
)
from customers.purchase.services.advancing import Terms, cancel, sign, subscribe
from customers.purchase.services.holding import (
    expire_holds,
    hold_unit,
    override_hold,
    release_hold,
    renew_hold,
)
from tests.factories import CustomerFactory
from tests.journey.confirming import confirm_everything

pytestmark = pytest.mark.django_db
TERMS = Terms(
    list_total=Decimal(2_906_000), agreed_total=Decimal(2_877_000), deposit=Decimal(50_000)
)


def let_run_out(purchase: Purchase) -> None:
    past = timezone.now() - timedelta(seconds=1)
    Purchase.objects.filter(pk=purchase.pk).update(expires_at=past)


def test_a_hold_keeps_the_unit_for_its_customer(unit, buyer, seller, now) -> None:
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    purchase.refresh_from_db()
    assert (purchase.state, purchase.lead, purchase.consultant) == (
        "held",
        buyer.leads.get(),
        seller,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        clock = cursor.fetchone()[0]
    # By the database's clock: the service was told another time.
    assert abs(purchase.expires_at - clock - timedelta(hours=24)) < timedelta(minutes=1)
    assert [event.step for event in purchase.events.all()] == ["hold"]


def test_the_second_is_told_who_was_first_but_not_for_whom(
    unit, buyer, seller, colleague, now
) -> None:
    hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    other = CustomerFactory(owner=colleague)
    with pytest.raises(UnitTakenError) as refusal:
        hold_unit(unit=unit, customer=other, actor=colleague, now=now)
    assert "置业顾问" in str(refusal.value)
    assert buyer.name not in str(refusal.value)
    assert Purchase.objects.count() == 1


def test_a_hold_that_ran_out_gives_way_before_any_sweep(unit, buyer, seller, colleague, now):
    first = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    let_run_out(first)
    second = hold_unit(
        unit=unit, customer=CustomerFactory(owner=colleague), actor=colleague, now=now
    )
    first.refresh_from_db()
    assert (first.state, second.state) == ("expired", "held")


def test_the_sweep_ends_what_ran_out_and_nothing_else(make_units, seller, now) -> None:
    held = [
        hold_unit(unit=unit, customer=CustomerFactory(owner=seller), actor=seller, now=now)
        for unit in make_units(3)
    ]
    let_run_out(held[0])
    assert (expire_holds(now=now), expire_holds(now=now)) == (1, 0)
    assert sorted(Purchase.objects.values_list("state", flat=True)) == ["expired", "held", "held"]


def test_a_hold_is_renewed_once_from_its_old_end(unit, buyer, seller, now) -> None:
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    renewed = renew_hold(purchase=purchase, actor=seller, now=now)
    assert renewed.expires_at == purchase.expires_at + timedelta(hours=24)
    with pytest.raises(HoldRefusedError):
        renew_hold(purchase=purchase, actor=seller, now=now)


def test_a_hold_that_ran_out_cannot_be_renewed(unit, buyer, seller, now) -> None:
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    let_run_out(purchase)
    with pytest.raises(HoldRefusedError):
        renew_hold(purchase=purchase, actor=seller, now=now)


def test_one_consultant_holds_five_at_most(make_units, seller, now) -> None:
    units = make_units(6)
    for unit in units[:5]:
        hold_unit(unit=unit, customer=CustomerFactory(owner=seller), actor=seller, now=now)
    with pytest.raises(HoldRefusedError):
        hold_unit(unit=units[5], customer=CustomerFactory(owner=seller), actor=seller, now=now)


def test_released_and_overridden_units_are_free_again(unit, buyer, seller, boss, now) -> None:
    first = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    release_hold(purchase=first, reason="改看别的", actor=seller, now=now)
    second = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    override_hold(purchase=second, reason="已有定金客户", actor=boss, now=now)
    third = hold_unit(unit=unit, customer=buyer, actor=boss, now=now)
    assert [row.state for row in Purchase.objects.order_by("pk")] == [
        "released",
        "released",
        "held",
    ]
    assert third.consultant == boss


def test_a_withheld_unit_is_not_held(unit, buyer, seller, boss, now) -> None:
    withhold_unit(unit=unit, reason="样板房", actor=boss, now=now)
    with pytest.raises(UnitWithheldError, match="样板房"):
        hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    offer_unit(unit=unit, actor=boss, now=now)
    hold_unit(unit=unit, customer=buyer, actor=seller, now=now)


@pytest.mark.spec("CUS-64")
def test_the_chain_to_the_contract_moves_the_lead_along(unit, buyer, seller, now) -> None:
    purchase = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    with pytest.raises(PurchaseStepError):
        sign(purchase=purchase, contract_no="HT-1", actor=seller, now=now)
    subscribe(purchase=purchase, terms=TERMS, actor=seller, now=now)
    assert buyer.leads.get().state == "subscribed"
    confirm_everything(purchase, seller, now)
    signed = sign(purchase=purchase, contract_no="HT-1", actor=seller, now=now)
    assert (signed.state, buyer.leads.get().state) == ("signed", "signed")
    steps = [(event.step, event.from_state, event.to_state) for event in signed.events.all()]
    assert steps == [
        ("hold", "", "held"),
        ("subscribe", "held", "subscribed"),
        ("sign", "subscribed", "signed"),
    ]
    with pytest.raises(PurchaseStepError):
        cancel(purchase=signed, reason="不买了", actor=seller, now=now)


def test_the_index_refuses_what_a_forgotten_lock_would_let_in(unit, buyer, seller, now) -> None:
    hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    twin = Purchase.objects.get()
    twin.pk = None
    with pytest.raises(IntegrityError, match="one_active_per_unit"), transaction.atomic():
        twin.save(force_insert=True)
