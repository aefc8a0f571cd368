"""A project being built, homes sold in it, and the people who build, pay and tell."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from customers.models import ConstructionNode, Purchase
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from tests.factories import CustomerFactory
from tests.launch.conftest import pages, upload
from tests.purchase.conftest import building, buyer, colleague, make_units, project, seller, unit

__all__ = [
    "building",
    "buyer",
    "colleague",
    "make_units",
    "pages",
    "project",
    "seller",
    "unit",
    "upload",
]


def sold(unit, customer, seller, *, state="signed", contract_no="") -> Purchase:
    """Return a purchase as it stands after the subscription or the signature."""
    now = timezone.now()
    return Purchase.objects.create(
        project=unit.project,
        unit=unit,
        customer=customer,
        consultant=seller,
        state=state,
        state_since=now,
        begun_at=now,
        subscribed_at=now,
        signed_at=now if state == "signed" else None,
        agreed_total=Decimal(900_000),
        contract_no=contract_no,
    )


def agreed(customer, purpose=Purpose.CONTACT):
    """Let a customer agree to be contacted."""
    record_consent(
        customer=customer,
        purpose=purpose,
        is_given=True,
        channel=Channel.PHONE,
        actor=None,
        now=timezone.now(),
    )
    return customer


@pytest.fixture
def buyers(make_units, seller):
    """Three signed contracts and one subscription; the second buyer agreed to nothing."""
    units = make_units(6)
    found = [
        CustomerFactory(owner=seller, name=name) for name in ("高雅琴", "钱进", "孙立", "李想")
    ]
    for place in (0, 2, 3):
        agreed(found[place])
    for place, state in enumerate(("signed", "signed", "signed", "subscribed")):
        sold(units[place], found[place], seller, state=state, contract_no=f"HT-{place}")
    return found


@pytest.fixture
def node(project, building) -> ConstructionNode:
    return ConstructionNode.objects.create(
        project=project,
        building=building,
        kind="topping_out",
        planned_on=timezone.localdate() + timedelta(days=60),
    )


def paper(name: str = "检测报告.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 report", "application/pdf")
