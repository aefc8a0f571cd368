"""A subscribed and a signed unit, the people who book money and receive files."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm_site.staff.models import User
from customers.models import Customer, PaymentPlan, Purchase, Receipt, Unit
from customers.payment.services.planning import Draft, Line, set_plan
from customers.payment.services.receiving import Money, receive
from customers.purchase.services.advancing import Terms, sign, subscribe
from customers.purchase.services.holding import hold_unit
from tests.conftest import make_user
from tests.factories import Organisation
from tests.journey.confirming import confirm_everything
from tests.purchase import conftest as units

# borrowed fixtures
boss, building, buyer, colleague = units.boss, units.building, units.buyer, units.colleague
make_units, project, seller, unit = units.make_units, units.project, units.seller, units.unit

PRICE = Decimal(1_000_000)
TERMS = Terms(list_total=PRICE, agreed_total=PRICE, deposit=Decimal(20_000))
Pay = Callable[..., Receipt]
Plan = Callable[..., PaymentPlan]


@pytest.fixture
def cashier(org: Organisation) -> User:
    return make_user(org, "finance")


def subscribed_by(seller: User, unit: Unit, buyer: Customer) -> Purchase:
    now = timezone.now()
    held = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    subscribed = subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
    return confirm_everything(subscribed, seller, now)


@pytest.fixture
def subscribed(seller: User, unit: Unit, buyer: Customer) -> Purchase:
    return subscribed_by(seller, unit, buyer)


@pytest.fixture
def signed(subscribed: Purchase, seller: User) -> Purchase:
    return sign(purchase=subscribed, contract_no="HT-1", actor=seller, now=timezone.now())


@pytest.fixture
def plan(seller: User) -> Plan:
    """Write a plan of (amount, days from today); below 0 is in the past."""

    def make(purchase: Purchase, *parts: tuple[int, int], method: str = "instalments") -> Any:
        lines = [
            Line(label=f"第{n}期", amount=Decimal(amount), due_on=day(days))
            for n, (amount, days) in enumerate(parts, start=1)
        ]
        draft = Draft(method=method, lines=lines)
        return set_plan(purchase=purchase, draft=draft, actor=seller, now=timezone.now())

    return make


@pytest.fixture
def pay(cashier: User) -> Pay:
    """Book a payment."""

    def book(purchase: Purchase, amount: int, number: str) -> Receipt:
        entry = Money(amount=Decimal(amount), receipt_no=number, received_on=day(0), way="transfer")
        return receive(purchase=purchase, money_in=entry, actor=cashier, now=timezone.now())

    return book


def day(days: int) -> date:
    """Return the day so many days from today in Shanghai."""
    return timezone.localdate() + timedelta(days=days)
