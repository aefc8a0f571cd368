"""The project, units and sellers of the purchase tests, and a subscribed purchase."""

from datetime import datetime
from decimal import Decimal

import pytest

from crm_site.staff.models import User
from customers.models import Customer, Purchase, Unit
from customers.purchase.services.advancing import Terms, subscribe
from customers.purchase.services.holding import hold_unit
from tests.purchase.conftest import (  # noqa: F401 -- borrowed fixtures
    boss,
    building,
    buyer,
    colleague,
    make_units,
    project,
    seller,
    unit,
)

TERMS = Terms(
    list_total=Decimal(2_906_000), agreed_total=Decimal(2_877_000), deposit=Decimal(50_000)
)


@pytest.fixture
def subscribed(unit: Unit, buyer: Customer, seller: User, now: datetime) -> Purchase:  # noqa: F811
    held = hold_unit(unit=unit, customer=buyer, actor=seller, now=now)
    return subscribe(purchase=held, terms=TERMS, actor=seller, now=now)
