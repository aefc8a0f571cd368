"""The homes a risk affects, what the contract owes for each, and their sum (SVC-43)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from crm_site.staff.models import User
from customers.payment.models import Receipt
from customers.purchase.models import Purchase
from service.delays.models import DelayRisk, DeliveryTerm
from service.delays.policies import DelayRules
from service.delays.rules import Base, compensation

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class HomeLine:
    """One home with the sum the rate counts from and what is owed, in yuan."""

    term: DeliveryTerm
    base: Decimal
    owed: Decimal
    may_open: bool


def homes_of(risk: DelayRisk) -> Any:
    """Return the late homes of the building of a risk; none for a facility."""
    rows = DeliveryTerm.objects.late()
    return rows.filter(building=risk.building_id) if risk.building_id is not None else rows.none()


def lines(terms: Sequence[DeliveryTerm], *, rules: DelayRules, user: User) -> list[HomeLine]:
    """Return homes, each with its purchase, as the table prints them; two queries for all."""
    keys = [term.purchase_id for term in terms]
    bases = bases_of(keys, rules=rules)
    seen = set(Purchase.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True))
    return [
        HomeLine(
            term=term,
            base=bases[term.purchase_id],
            owed=compensation(bases[term.purchase_id], term.days, rules.clause),
            may_open=term.purchase_id in seen,
        )
        for term in terms
    ]


def owed_for(risk: DelayRisk, *, rules: DelayRules) -> Decimal:
    """Return what is owed for all homes of a risk, in yuan: the sum of its lines."""
    terms = list(homes_of(risk).only("purchase_id", "deliver_on", "forecast_on"))
    bases = bases_of([term.purchase_id for term in terms], rules=rules)
    return sum(
        (compensation(bases[term.purchase_id], term.days, rules.clause) for term in terms), NOTHING
    )


def bases_of(purchases: Sequence[int], *, rules: DelayRules) -> dict[int, Decimal]:
    """Return what the rate counts from for each purchase: what was paid, or the agreed price."""
    found: Any
    if rules.base is Base.PRICE:
        found = Purchase.objects.filter(pk__in=purchases).values_list("pk", "agreed_total")
    else:
        paid = Receipt.objects.filter(purchase__in=purchases).order_by()
        found = paid.values_list("purchase_id").annotate(total=Sum("amount"))
    known = dict(found)
    return {key: max(known.get(key) or NOTHING, NOTHING) for key in purchases}
