"""Customers on their way, in the three projects of the organisation."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from analytics.dashboards.questions import Question, question_of
from customers.models import Customer
from customers.purchase.models import Purchase
from tests.analytics.kpis.factories import PurchaseFactory
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory


@pytest.fixture
def at_ten(now: datetime) -> datetime:
    """Wednesday 20 May 2026, 10:32 in Shanghai: the clock of the pages."""
    return now


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Pages and jobs read the same moment as the tests."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)


def signed(customer: Customer, at: datetime, *, total: int = 3_000_000) -> Purchase:
    """Return a contract of a customer, signed at a moment, subscribed two days before."""
    begun = at - timedelta(days=2)
    moments = {"state_since": at, "begun_at": begun, "subscribed_at": begun, "signed_at": at}
    return PurchaseFactory(customer=customer, agreed_total=total, **moments)


@pytest.fixture
def sell(now: datetime) -> Callable[..., Customer]:
    """Make a customer that came as far as wanted, known some days ago."""

    def make(owner: Any, upto: str = "signed", *, days: int = 10, **more: Any) -> Customer:
        begun = now - timedelta(days=days)
        customer = CustomerFactory(owner=owner, **more)
        Customer.objects.filter(pk=customer.pk).update(created_at=begun)
        steps = ("browsed", "asked", "visited", "subscribed", "signed")
        far = steps.index(upto)
        if far >= 1:
            LeadFactory(customer=customer, received_at=begun + timedelta(days=1))
        if far >= 2:
            InteractionFactory(customer=customer, channel="visit", at=begun + timedelta(days=2))
        if far == 3:
            moment = begun + timedelta(days=4)
            moments = {"state_since": moment, "begun_at": moment, "subscribed_at": moment}
            PurchaseFactory(customer=customer, state="subscribed", signed_at=None, **moments)
        if far == 4:
            signed(customer, begun + timedelta(days=6))
        return Customer.objects.get(pk=customer.pk)

    return make


@pytest.fixture
def ask(now: datetime) -> Callable[..., Question]:
    """Return what a person asks of a dashboard."""

    def asked(user: Any, board: str, **query: str) -> Question:
        return question_of(user, board, query, now=now)

    return asked
