"""Un-closed customers by interest, and what information to them led to (MKT-78)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from customers.models import Purchase
from customers.querysets import BUYING_CLASSES
from marketing.segments import words
from marketing.segments.models import InfoSend


def unclosed(customers: QuerySet[Any]) -> QuerySet[Any]:
    """Return those with an open lead who have not bought."""
    rows: QuerySet[Any] = customers.with_open_lead().exclude(customer_class__in=BUYING_CLASSES)  # type: ignore[attr-defined]
    return rows


def by_interest(customers: QuerySet[Any]) -> QuerySet[Any]:
    """Return the un-closed with ``interest``: 100 for each step of intent, plus the activity."""
    stated = Coalesce(F("intent"), 0, output_field=IntegerField())
    active = Coalesce(F("standing__activity"), 0, output_field=IntegerField())
    advice = InfoSend.objects.filter(customer=OuterRef("pk"), kind="advice")
    rows: QuerySet[Any] = unclosed(customers).annotate(
        interest=stated * 100 + active, has_advice=Exists(advice)
    )
    return rows


@dataclass(frozen=True, slots=True)
class Conversion:
    """What one kind of content led to: messages, customers, and owners among them."""

    kind: str
    label: Any
    sent: int
    customers: int
    owners: int

    @property
    def rate(self) -> Decimal | None:
        """Owners in per cent of the customers; None without any."""
        if not self.customers:
            return None
        share = Decimal(self.owners * 100) / self.customers
        return share.quantize(Decimal("0.1"), ROUND_HALF_UP)


def conversion(user: Any) -> list[Conversion]:
    """Return the conversion to owner by kind of content, each kind on its own; two queries.

    An owner signed after a message of that kind, and the contract stands.
    """
    rows = InfoSend.objects.visible_to(user).order_by()
    bought = Purchase.objects.filter(
        customer=OuterRef("customer"), signed_at__gt=OuterRef("at"), ended_at__isnull=True
    )
    counted = {
        row["kind"]: row
        for row in rows.values("kind").annotate(
            sent=Count("pk"), people=Count("customer", distinct=True)
        )
    }
    owners = dict(
        rows.filter(Exists(bought))
        .values("kind")
        .annotate(n=Count("customer", distinct=True))
        .values_list("kind", "n")
    )
    return [
        Conversion(
            kind,
            label,
            counted.get(kind, {}).get("sent", 0),
            counted.get(kind, {}).get("people", 0),
            owners.get(kind, 0),
        )
        for kind, label in words.INFO_KINDS
    ]
