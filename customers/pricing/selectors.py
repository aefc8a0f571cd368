"""Prices at a moment, their history, and what a contract total is made of."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Now
from django.utils import timezone

from crm_site.policies.services import in_force
from customers.models.project import Project
from customers.pricing.models import PriceList, UnitPrice
from customers.pricing.policies import STATEMENT, StatementRules
from customers.pricing.rules import Breakdown, Rates, breakdown
from customers.property.models import Unit
from customers.property.rules import UnitKind
from customers.purchase.models import ACTIVE_STATES, Purchase

LATEST = ("-effective_at", "-price_list")


def price_column(field: str, *, of: str = "pk", at: datetime | None = None) -> Subquery:
    """Return ``field`` of the price in force at ``at`` (now by the database) as a column.

    ``of`` is the column of the outer query that holds the unit.
    """
    rows = UnitPrice.objects.filter(unit=OuterRef(of), effective_at__lte=at or Now())
    return Subquery(rows.order_by(*LATEST).values(field)[:1])


def price_at(unit: Unit, *, at: datetime) -> UnitPrice | None:
    """Return the price of a unit in force at ``at``; ``None`` before its first (MKT-45)."""
    rows = UnitPrice.objects.filter(unit=unit, effective_at__lte=at).select_related("price_list")
    return rows.order_by(*LATEST).first()


def prices_at(unit_ids: Iterable[int] | QuerySet[Any], *, at: datetime) -> dict[int, UnitPrice]:
    """Return the prices in force at ``at`` by unit, in one statement."""
    rows = UnitPrice.objects.filter(unit__in=unit_ids, effective_at__lte=at)
    return {row.unit_id: row for row in rows.order_by("unit", *LATEST).distinct("unit")}


def price_history(unit: Unit) -> list[UnitPrice]:
    """Return every approved price of a unit, newest first, those to come included."""
    rows = UnitPrice.objects.filter(unit=unit, effective_at__isnull=False)
    return list(rows.select_related("price_list__author").order_by(*LATEST))


def has_prices(project_id: int, *, at: datetime) -> bool:
    """Return whether the project sells by price list: one is approved and in force."""
    found: bool = PriceList.objects.in_force(at=at).filter(project=project_id).exists()
    return found


def unit_price_card(unit: Unit, *, user: Any, now: datetime) -> dict[str, Any]:
    """Return what the page of a unit prints of its price; the floor only for its own right."""
    price = price_at(unit, at=now)
    return {
        "price": price,
        "floor_price": price if price and user.has_perm("customers.view_floor_price") else None,
        "without_price": price is None and has_prices(unit.project_id, at=now),
    }


def listed_terms(purchase: Purchase) -> dict[str, Any]:
    """Return what the form of a subscription is filled with: the list price in force now."""
    price = price_at(purchase.unit, at=timezone.now()) if purchase.unit else None
    if price is None:
        return {}
    return {"list_total": price.public_total, "agreed_total": price.public_total}


def purchase_breakdown(purchase: Purchase, *, now: datetime) -> Breakdown | None:
    """Return what the agreed total is made of (MKT-51); ``None`` before a subscription."""
    if purchase.agreed_total is None or purchase.list_total is None or purchase.unit is None:
        return None
    unit, at = purchase.unit, purchase.subscribed_at or now
    rules: StatementRules = in_force(STATEMENT, at=at).value
    price, area = price_at(unit, at=at), Decimal(str(unit.area))
    is_large = area > rules.deed_tax_area
    return breakdown(
        area=area,
        unit_price=price.unit_price
        if price and price.public_total == purchase.list_total
        else None,
        list_total=purchase.list_total,
        agreed_total=purchase.agreed_total,
        parking=_parking(purchase),
        rates=Rates(
            vat_percent=rules.vat_percent,
            deed_tax_percent=rules.deed_tax_percent_large if is_large else rules.deed_tax_percent,
            fund_per_m2=rules.fund_per_m2,
        ),
    )


def _parking(purchase: Purchase) -> Decimal:
    """Return what the same customer pays for parking spaces in the project."""
    rows = Purchase.objects.filter(
        customer=purchase.customer_id,
        project=purchase.project_id,
        unit__kind=UnitKind.PARKING,
        state__in=ACTIVE_STATES,
    ).exclude(pk=purchase.pk)
    return rows.aggregate(total=Sum("agreed_total"))["total"] or Decimal(0)


def projects_with_units(user: Any) -> QuerySet[Project]:
    """Return the projects ``user`` sees that have units."""
    rows: QuerySet[Project] = Project.objects.visible_to(user)
    return rows.filter(units__isnull=False).distinct()
