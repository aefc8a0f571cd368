"""Owners of homes in a project, and the people who care for them."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from crm_site.approvals.models import Approval
from customers.models import Customer, Purchase
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from tests.factories import CustomerFactory
from tests.purchase.conftest import building, make_units, project, seller, unit

__all__ = ["building", "make_units", "project", "seller", "unit"]


def owned(unit, customer, seller, *, signed: datetime, handed: datetime | None = None) -> Purchase:
    """Return a contract signed, and handed over, at these times."""
    return Purchase.objects.create(
        project=unit.project,
        unit=unit,
        customer=customer,
        consultant=seller,
        state="handed_over" if handed else "signed",
        state_since=handed or signed,
        begun_at=signed,
        subscribed_at=signed,
        signed_at=signed,
        handed_over_at=handed,
        agreed_total=Decimal(900_000),
        contract_no=f"HT-{unit.pk}",
    )


def agreed(customer: Customer, *purposes: Purpose) -> Customer:
    """Let a customer agree to purposes."""
    for purpose in purposes or (Purpose.CONTACT, Purpose.MARKETING):
        record_consent(
            customer=customer,
            purpose=purpose,
            is_given=True,
            channel=Channel.PHONE,
            actor=None,
            now=timezone.now(),
        )
    return customer


def signed_by(pages, signer, kind: str) -> None:
    """Let somebody sign the approval of a kind that waits."""
    approval = Approval.objects.filter(kind=kind, state="waiting").get()
    answer = pages(signer).post(f"/approvals/{approval.pk}/sign/", {"digest": approval.digest})
    assert answer.status_code == 302, answer.content.decode()[-2000:]


@pytest.fixture
def pages(client_for):
    """Give a browser to each person."""
    known = {}

    def of(user):
        if user.pk not in known:
            known[user.pk] = client_for(user)
        return known[user.pk]

    return of


@pytest.fixture
def owner(seller) -> Customer:
    return agreed(CustomerFactory(owner=seller, name="高雅琴"))
