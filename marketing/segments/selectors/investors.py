"""Investors with their holdings and what they would buy next (CUS-57)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from customers.models import IntentRegistration, Purchase
from marketing.segments import words
from marketing.segments.models import Holding
from marketing.segments.rules.relation import gross_yield, support_level

SUPPORT = words.SUPPORT_LEVELS
USES = dict(words.USES)


def investors(customers: QuerySet[Any]) -> QuerySet[Any]:
    """Return the customers who buy to invest, by their group or their newest intent."""
    rows = IntentRegistration.objects.filter(customer=OuterRef("pk"))
    later = IntentRegistration.objects.filter(
        customer=OuterRef("customer"), version__gt=OuterRef("version")
    )
    invests = Exists(rows.filter(~Exists(later), purpose="investment"))
    found = customers.filter(Q(nature__in=("investor", "institution")) | Q(invests))
    held = Purchase.objects.filter(signed_at__isnull=False, ended_at__isnull=True)
    ordered = held.select_related("unit__building", "project", "holding").order_by("signed_at")
    return found.select_related("grading", "owner", "investor_interest").prefetch_related(
        Prefetch("purchases", queryset=ordered, to_attr="held")
    )


@dataclass(frozen=True, slots=True)
class Held:
    """One unit of an investor: how it is used and its gross yield in per cent."""

    purchase: Any
    holding: Holding | None
    use: Any
    gross: Decimal | None


@dataclass(frozen=True, slots=True)
class Investor:
    """One investor as the page shows it; ``is_due`` where its interest is to be spoken of."""

    customer: Any
    held: list[Held]
    support: Any
    interest: Any
    is_due: bool


def present(rows: list[Any], *, today: date) -> list[Investor]:
    """Return what the page prints of these customers, made by ``investors``; no query."""
    return [_investor(row, today) for row in rows]


def _investor(row: Any, today: date) -> Investor:
    interest = getattr(row, "investor_interest", None)
    grade = row.grading.grade if hasattr(row, "grading") else ""
    return Investor(
        row,
        [_held(purchase) for purchase in row.held],
        dict(SUPPORT)[support_level(grade)],
        interest,
        interest is not None and interest.remind_on <= today,
    )


def _held(purchase: Any) -> Held:
    holding = getattr(purchase, "holding", None)
    if holding is None:
        return Held(purchase, None, "", None)
    gross = gross_yield(holding.rent, purchase.agreed_total)
    return Held(purchase, holding, USES[holding.use], gross)
