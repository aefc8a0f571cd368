"""Customers at every stage, with the events that tell how they are."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from analytics.churn import hooks
from crm_site.staff.models import User
from customers.models import (
    Building,
    Customer,
    Interaction,
    Layout,
    Lead,
    LeadEvent,
    Project,
    Purchase,
    Unit,
)
from tests.analytics.winback.conftest import (  # noqa: F401 -- borrowed fixtures
    no_holdout,
    set_rules,
)
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory
from tests.pricing.conftest import (  # noqa: F401 -- borrowed fixtures
    boss,
    building,
    director,
    draft,
    make_units,
    money_keeper,
    president,
    project,
    publish,
    seller,
    unit,
)

NUMBERS = count(1)


@pytest.fixture
def now() -> datetime:
    """The moment of pages and jobs, in local time."""
    return timezone.localtime()


@pytest.fixture
def heard() -> Any:
    """Everything the hooks tell; taken out again."""
    found: list[Any] = []
    hooks.register_follow_up("test", lambda changes, _now: found.extend(changes))
    yield found
    hooks.forget_follow_up("test")


def known(owner: User | None, now: datetime, *, days: float = 30, **more: Any) -> Customer:
    """Return a prospect who enquired so many days ago."""
    customer = CustomerFactory(owner=owner, **more)
    at = now - timedelta(days=days)
    Customer.objects.filter(pk=customer.pk).update(created_at=at)
    lead = LeadFactory(customer=customer, received_at=at)
    Lead.objects.filter(pk=lead.pk).update(created_at=at, updated_at=at)
    customer.refresh_from_db()
    return customer


def talk(customer: Customer, at: datetime, **more: Any) -> Interaction:
    """Write down a talk, recorded when it was held."""
    recorded = more.pop("recorded", at)
    found = InteractionFactory(customer=customer, at=at, **more)
    Interaction.objects.filter(pk=found.pk).update(created_at=recorded)
    return found


def lose(customer: Customer, at: datetime, reason: str = "bought_elsewhere") -> Lead:
    """Lose the enquiry of a customer, as of ``at``."""
    lead = Lead.objects.get(customer=customer)
    Lead.objects.filter(pk=lead.pk).update(state="lost", lost_reason=reason, updated_at=at)
    LeadEvent.objects.create(
        lead=lead, at=at, kind="state", from_value="contacted", to_value="lost", reason=reason
    )
    return lead


def home(of: Project) -> Unit:
    """Return one more unit of a project."""
    tower, _ = Building.objects.get_or_create(project=of, name="1号楼")
    layout, _ = Layout.objects.get_or_create(project=of, name="三房两卫")
    number = f"{next(NUMBERS):04d}"
    return Unit.objects.create(
        project=of,
        building=tower,
        entrance="1",
        floor=1,
        number=number,
        layout=layout,
        forecast_area=100,
    )


def deal(customer: Customer, since: datetime, **more: Any) -> Purchase:
    """Return a reservation, or what ``more`` makes of it."""
    values: dict[str, Any] = {
        "state": "subscribed",
        "state_since": since,
        "begun_at": since,
        "subscribed_at": since,
        "external_source": "test",
        "external_id": f"P{next(NUMBERS)}",
        "agreed_total": Decimal(1_000_000),
    }
    if more.get("state", "subscribed") not in ("subscribed", "cancelled"):
        values["unit"] = home(customer.project)
    return Purchase.objects.create(
        project=customer.project,
        customer=customer,
        consultant=customer.owner,
        **values | more,
    )
