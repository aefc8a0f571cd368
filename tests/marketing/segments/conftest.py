"""Buyers, prospects and who works with them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm_site.staff.models import User
from customers.models import Building, Customer, Purchase, Unit
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from tests.conftest import make_user
from tests.factories import NOW, CustomerFactory


@pytest.fixture
def marketer(org: Any) -> User:
    return make_user(org, "marketing")


@pytest.fixture
def chief(org: Any) -> User:
    return make_user(org, "executive")


@pytest.fixture
def seller(org: Any) -> User:
    return make_user(org, "consultant")


@pytest.fixture
def far_seller(org: Any) -> User:
    from tests.factories import UserFactory

    return UserFactory(username="far", name="远方", node=org.team_c)


@pytest.fixture
def client(client_for: Any, marketer: User) -> Any:
    return client_for(marketer)


@pytest.fixture
def agree() -> Callable[..., None]:
    """Return a function that lets a customer agree to purposes."""

    def give(customer: Customer, *purposes: Purpose, is_given: bool = True) -> None:
        for purpose in purposes:
            record_consent(
                customer=customer,
                purpose=purpose,
                is_given=is_given,
                channel=Channel.VISIT,
                actor=None,
                now=NOW - timedelta(days=1),
            )

    return give


@pytest.fixture
def sell(org: Any) -> Callable[..., Purchase]:
    """Return a function that signs a home with a customer."""
    count = iter(range(1, 1000))

    def signed(
        customer: Customer,
        *,
        days_ago: int = 10,
        total: int = 1_000_000,
        area: int = 80,
        project: Any = None,
        kind: str = "flat",
        **more: Any,
    ) -> Purchase:
        project = project or customer.project
        building, _new = Building.objects.get_or_create(project=project, name="1幢")
        unit = Unit.objects.create(
            project=project,
            building=building,
            kind=kind,
            floor=1,
            number=f"{next(count)}",
            forecast_area=Decimal(area),
        )
        at = more.pop("signed_at", None) or NOW - timedelta(days=days_ago)
        values = {
            "project": project,
            "unit": unit,
            "customer": customer,
            "consultant": customer.owner,
            "state": "signed",
            "state_since": at,
            "begun_at": at,
            "signed_at": at,
            "agreed_total": Decimal(total),
        }
        return Purchase.objects.create(**values | more)

    return signed


@pytest.fixture
def person(seller: User) -> Customer:
    return CustomerFactory(owner=seller, name="陈默")
