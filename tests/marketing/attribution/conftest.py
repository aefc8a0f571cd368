"""Customers with touches, signed contracts and money that came in and went back."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from crm_site.staff.models import User
from customers.models import Customer, Purchase, Receipt
from marketing.attribution.models import AttributionShare
from marketing.attribution.rules import TouchKind
from marketing.attribution.services.touching import NewTouch, record_touches
from tests.analytics.kpis.factories import PurchaseFactory
from tests.conftest import make_user
from tests.factories import CustomerFactory, Organisation, UserFactory

D = Decimal
NUMBERS = count(1)


def at(text: str) -> datetime:
    """Return ten in the morning of a day in Shanghai."""
    return datetime.fromisoformat(f"{text}T10:00+08:00")


@pytest.fixture
def seller(org: Organisation) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def cashier(org: Organisation) -> User:
    return make_user(org, "finance")


@pytest.fixture
def buy(seller: User) -> Callable[..., Purchase]:
    """A contract signed on a day."""

    def signed(day: str, *, customer: Customer | None = None, **more: Any) -> Purchase:
        buyer = customer or CustomerFactory(owner=seller)
        return PurchaseFactory(customer=buyer, signed_at=at(day), **more)

    return signed


@pytest.fixture
def touch() -> Callable[..., None]:
    """Touches of a customer: (day, channel) or (day, channel, campaign)."""

    def written(customer: Customer, *steps: tuple[str, ...], **more: Any) -> None:
        record_touches(
            NewTouch(
                customer_id=customer.pk,
                at=at(day),
                channel_code=channel,
                campaign_code=campaign[0] if campaign else "",
                source_key=f"test:{next(NUMBERS)}",
                kind=TouchKind.ENQUIRY,
                **more,
            )
            for day, channel, *campaign in steps
        )

    return written


@pytest.fixture
def pay(cashier: User) -> Callable[..., Receipt]:
    """Money of a contract on a day; below 0 it went back."""

    def booked(purchase: Purchase, amount: Any, day: str) -> Receipt:
        return Receipt.objects.create(
            purchase=purchase,
            kind="payment" if D(amount) > 0 else "refund",
            amount=D(amount),
            receipt_no=f"R-{next(NUMBERS)}",
            received_on=date.fromisoformat(day),
            way="transfer",
            recorded_by=cashier,
            recorded_at=at(day),
        )

    return booked


def shares(purchase: Purchase, model: str, month: str = "2026-03-01") -> dict[str, Any]:
    """Return share by channel of a month."""
    rows = AttributionShare.objects.filter(purchase=purchase, model=model, month=month)
    return dict(rows.values_list("channel_code", "share"))


def yuan(purchase: Purchase, model: str, month: str = "2026-03-01") -> dict[str, Any]:
    """Return yuan by channel of a month."""
    rows = AttributionShare.objects.filter(purchase=purchase, model=model, month=month)
    return dict(rows.values_list("channel_code", "amount"))
