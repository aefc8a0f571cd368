"""What a customer spends on housing with us and elsewhere (MKT-14)."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Max, Sum, Value, When

from customers.models import Customer, Purchase
from marketing.segments import words
from marketing.segments.models import HousingSpend
from marketing.segments.rules.share import Spend, Trap, traps, whole


@dataclass(frozen=True, slots=True)
class CustomerShareFigure:
    """Our share of a customer's housing spend, by kind and in all, and what to beware of."""

    lines: list[tuple[Any, Spend]]
    total: Spend
    traps: list[Trap]


def share_of(customer: Customer, *, year: int) -> CustomerShareFigure:
    """Return the figure of one customer; two queries.

    Purchases and parking with us are the signed deals; everything else is as declared.
    """
    kind = Case(When(unit__kind="parking", then=Value("parking")), default=Value("purchase"))
    deals = (
        Purchase.objects.filter(customer=customer, signed_at__isnull=False, ended_at__isnull=True)
        .annotate(spend_kind=kind)
        .order_by()
        .values("spend_kind")
        .annotate(total=Sum("agreed_total"))
    )
    ours: dict[str, Decimal] = defaultdict(Decimal)
    elsewhere: dict[str, Decimal] = defaultdict(Decimal)
    for row in deals:
        ours[row["spend_kind"]] += row["total"] or 0
    declared = HousingSpend.objects.filter(customer=customer)
    newest = None
    said = declared.order_by().values("kind", "with_us")
    for each in said.annotate(total=Sum("amount"), newest=Max("year")):
        (ours if each["with_us"] else elsewhere)[each["kind"]] += each["total"]
        newest = max(newest or 0, each["newest"])
    spends = {key: Spend(ours[key], elsewhere[key]) for key, _word in words.SPEND_KINDS}
    return CustomerShareFigure(
        [(word, spends[key]) for key, word in words.SPEND_KINDS],
        whole(spends),
        traps(spends, declared=newest, year=year, has_household=customer.household_id is not None),
    )
