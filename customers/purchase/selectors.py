"""What the page of a unit shows: its state, who has it, what it costs, what is like it."""

from datetime import datetime
from typing import Any

from django.db.models import Q

from crm_site.approvals.models import Approval
from crm_site.staff.choices import role_label
from crm_site.staff.models import User
from customers.pricing.selectors import unit_price_card
from customers.property.board import state_of
from customers.property.launching import is_launched
from customers.property.measuring import areas_of
from customers.property.models import AdverseFactor, Unit
from customers.purchase.models import Purchase
from customers.purchase.rules import SELL
from customers.purchase.similar import similar_units

LIKE_IT = 3


def unit_page(unit: Unit, *, user: User, now: datetime) -> dict[str, Any]:
    """Return what the unit's page prints; the purchase only where its customer may be seen."""
    deals = Purchase.objects.filter(unit=unit).standing().select_related("consultant", "customer")
    standing = deals.first()
    seen = standing if standing and _is_seen(standing, user) else None
    state = state_of(unit.withheld_at, standing.state if standing else None)
    return {
        "unit": unit,
        "state": state,
        "purchase": seen,
        "taken_by": role_label(standing.consultant.role) if standing and not seen else "",
        "ends_at": standing.expires_at if standing else None,
        "may_hold": state == "available" and user.has_perm(SELL),
        "is_on_sale": is_launched(unit.project_id),
        "adverse": adverse_factors(unit),
        "similar": similar_units(unit, user=user, limit=LIKE_IT),
        "events": unit.events.select_related("actor").order_by("-at")[:20],
        **areas_of(unit, now=now),
        "may_edit": user.has_perm("customers.edit_units"),
        "may_control": user.has_perm("customers.control_units"),
        "may_sell": user.has_perm(SELL),
        "now": now,
    } | unit_price_card(unit, user=user, now=now)


def adverse_factors(unit: Unit) -> list[AdverseFactor]:
    """Return what a buyer of the unit must be told: of the unit, its building, its project."""
    of_unit = Q(unit=unit) | Q(unit=None, building=unit.building_id)
    of_project = Q(unit=None, building=None, project=unit.project_id)
    return list(
        AdverseFactor.objects.filter(of_unit | of_project, ended_on=None).order_by("kind", "pk")
    )


def approvals_of(purchase: Purchase, user: User) -> Any:
    """Return what was asked about a purchase, newest first, as far as ``user`` takes part in it."""
    rows = Approval.objects.visible_to(user).filter(
        subject_kind="purchase", subject_id=str(purchase.pk)
    )
    return rows.order_by("-created_at", "-pk")


def _is_seen(purchase: Purchase, user: User) -> bool:
    return Purchase.objects.visible_to(user).filter(pk=purchase.pk).exists()
