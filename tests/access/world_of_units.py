"""The unit of the world, the hold on it, its prices and what is said about it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from crm_site.staff.models import User
from customers.arbitration.services.deciding import judge
from customers.models import (
    AdverseFactor,
    Building,
    ClaimCase,
    ClaimEvent,
    Customer,
    Disclosure,
    DiscountRequest,
    PriceLetter,
    PriceList,
    ProofPhoto,
    Unit,
    UnitPrice,
)
from customers.purchase.services.holding import hold_unit
from tests.access.world_of_building import building_of
from tests.access.world_of_payments import paid_for


def sold_to(customer: Customer, by: User) -> dict[str, Any]:
    """Return a unit of the customer's project, the hold on it, what is said about it."""
    building = Building.objects.create(project=customer.project, name="3栋")
    unit = Unit.objects.create(
        project=customer.project, building=building, floor=18, number="1801", forecast_area=98
    )
    purchase = hold_unit(unit=unit, customer=customer, actor=customer.owner, now=timezone.now())
    claims = {"claim_case": claimed(customer)}
    return {
        "unit": unit,
        "purchase": purchase,
        "building": building_of(purchase),
        **claims,
        **priced(unit, customer),
        **built(unit, by),
        **paid_for(purchase),
    }


def claimed(customer: Customer) -> ClaimCase:
    """Return a case of the customer, reported by an agency and judged."""
    now = timezone.now()
    case = ClaimCase.objects.create(project=customer.project, customer=customer, opened_at=now)
    ClaimEvent.objects.create(
        case=case, customer=customer, kind="reported", party="链家滨江店", at=now
    )
    judge(case=case, now=now)
    return case


def priced(unit: Unit, customer: Customer) -> dict[str, Any]:
    """Return an approved price of the unit, a discount and a letter for the customer."""
    now, owner = timezone.now(), customer.owner
    made = PriceList.objects.create(
        project=unit.project,
        number=1,
        state="approved",
        reason="首开",
        effective_at=now,
        author=owner,
        radius={},
        settled_at=now,
    )
    price = UnitPrice.objects.create(
        price_list=made,
        unit=unit,
        unit_price=20_000,
        public_total=1_960_000,
        floor_total=1_862_000,
        floor_coefficient=Decimal("0.95"),
        effective_at=now,
    )
    discount = DiscountRequest.objects.create(
        customer=customer,
        unit=unit,
        price=price,
        asked_total=1_950_000,
        reason="老业主推荐",
        asked_by=owner,
        state="refused",
    )
    letter = PriceLetter.objects.create(
        number="JC-yunqili-2026-0001",
        project=unit.project,
        customer=customer,
        unit=unit,
        total=1_960_000,
        valid_from=now,
        valid_until=now + timedelta(days=180),
        remedy="退差价",
        issued_by=owner,
        digest="0" * 64,
        document=b"%PDF-",
    )
    return {"price_list": made, "discount": discount, "letter": letter}


def built(unit: Unit, by: User) -> dict[str, Any]:
    """Return what speaks against a unit's building, and an item of the sales hall."""
    now, project = timezone.now(), unit.project
    factor = AdverseFactor.objects.create(
        project=project, building=unit.building, kind="noise", text="水泵房", since=now.date()
    )
    photo = ProofPhoto.objects.create(
        content="", media_type="image/png", size=0, uploaded_by=by, uploaded_at=now
    )
    disclosure = Disclosure.objects.create(
        project=project, kind="prices", photo=photo, ticked_by=by, ticked_at=now
    )
    return {"factor": factor, "disclosure": disclosure}
