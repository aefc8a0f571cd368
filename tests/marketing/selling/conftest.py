"""A project that sells: units, people, deals, finished sheets."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from crm_site.staff.models import User
from customers.models import Building, Layout, Project, Unit
from customers.payment.models import Receipt
from customers.purchase.models import Purchase
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory, Organisation, UserFactory

AREA = Decimal("100.00")


@pytest.fixture
def project(org: Organisation) -> Project:
    return org.project_one


@pytest.fixture
def planner(org: Organisation) -> User:
    return make_user(org, "marketing")


@pytest.fixture
def chief(org: Organisation) -> User:
    return make_user(org, "executive")


@pytest.fixture
def lin(org: Organisation) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def chen(org: Organisation) -> User:
    return UserFactory(username="chen", name="陈思远", node=org.team_a2)


@pytest.fixture
def deal(project: Project) -> Callable[..., Purchase]:
    """Write a purchase as it stands in the books."""
    building = Building.objects.create(project=project, name="3栋", floors=18)
    layout = Layout.objects.create(project=project, name="三房两卫")
    numbers = count(1)

    def make(consultant: User, at: datetime, *, total: int = 1_000_000, **more: Any) -> Purchase:
        number = next(numbers)
        unit = Unit.objects.create(
            project=project,
            building=building,
            entrance="1",
            floor=number,
            number=f"{number:02d}01",
            layout=layout,
            forecast_area=AREA,
        )
        source = more.pop("source", "walk_in")
        customer = CustomerFactory(owner=consultant, source=source)
        lead = LeadFactory(customer=customer, source=source)
        values = {
            "state": "signed",
            "state_since": at,
            "begun_at": at - timedelta(days=2),
            "subscribed_at": at - timedelta(days=1),
            "signed_at": at,
            "agreed_total": Decimal(total),
        }
        return Purchase.objects.create(
            project=project,
            unit=unit,
            customer=customer,
            lead=lead,
            consultant=consultant,
            **values | more,
        )

    return make


@pytest.fixture
def paid(chief: User) -> Callable[..., Receipt]:
    """Book money of a purchase."""
    numbers = count(1)

    def book(purchase: Purchase, amount: int, at: datetime) -> Receipt:
        return Receipt.objects.create(
            purchase=purchase,
            kind="payment" if amount > 0 else "refund",
            amount=Decimal(amount),
            receipt_no=f"R-{next(numbers)}",
            received_on=at.date(),
            way="transfer",
            recorded_by=chief,
            recorded_at=at,
        )

    return book
