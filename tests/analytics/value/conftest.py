"""Owners with contracts and money, prospects, and the people who look at their value."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.utils import timezone

from crm_site.staff.models import User
from customers.models import ConsentEvent, Customer, Purchase, Receipt
from tests.conftest import make_user
from tests.factories import CustomerFactory, Organisation
from tests.purchase.conftest import building, make_units, project, seller

__all__ = ["building", "make_units", "project", "seller"]
NUMBERS = count(1)
YEAR = timedelta(days=365)


@pytest.fixture
def now() -> datetime:
    """The moment of pages and jobs."""
    return timezone.now()


@pytest.fixture
def executive(org: Organisation) -> User:
    return make_user(org, "executive")


@pytest.fixture
def finance(org: Organisation) -> User:
    return make_user(org, "finance")


@pytest.fixture
def marketing(org: Organisation) -> User:
    return make_user(org, "marketing")


@pytest.fixture
def sign(make_units, seller, now):
    """Let a customer sign for a home so many days ago; its units come one after another."""
    units = iter(make_units(60))

    def signed(
        customer: Customer,
        *,
        days: float = 400,
        price: int = 2_000_000,
        state: str = "signed",
        paid: int = 0,
    ) -> Purchase:
        unit, at = next(units), now - timedelta(days=days)
        purchase = Purchase.objects.create(
            project=unit.project,
            unit=unit,
            customer=customer,
            consultant=seller,
            state=state,
            state_since=at,
            begun_at=at,
            subscribed_at=at,
            signed_at=at,
            handed_over_at=at if state == "handed_over" else None,
            agreed_total=Decimal(price),
            contract_no=f"HT-V{next(NUMBERS)}",
        )
        if paid:
            pay(purchase, paid, seller, now)
        return purchase

    return signed


def pay(purchase: Purchase, amount: int, actor: User, now: datetime) -> Receipt:
    """Write down that a buyer paid."""
    return Receipt.objects.create(
        purchase=purchase,
        kind="payment",
        amount=Decimal(amount),
        received_on=timezone.localdate(now),
        receipt_no=f"SJ-V{next(NUMBERS)}",
        way="transfer",
        recorded_by=actor,
        recorded_at=now,
    )


@pytest.fixture
def owner(seller, sign) -> Customer:
    """Bought for 2,000,000 yuan some 400 days ago and has the keys."""
    customer = CustomerFactory(owner=seller, name="周敏")
    sign(customer, state="handed_over", paid=1_500_000)
    return customer


def refuse(customer: Customer, now: datetime) -> None:
    """Let a customer refuse to be assessed by machine."""
    ConsentEvent.objects.create(
        customer=customer,
        purpose="profiling",
        is_given=False,
        text_version=1,
        text_digest="0" * 64,
        channel="phone",
        at=now,
    )
