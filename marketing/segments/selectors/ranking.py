"""Customers ranked by worth, and the four steps of the programme (CUS-78, CUS-79)."""

from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from customers.models import Customer, Purchase
from marketing.segments import words
from marketing.segments.hooks import lifetime_value
from marketing.segments.models import ProgrammeStep

MONEY = DecimalField(max_digits=16, decimal_places=2)


def ranked(customers: QuerySet[Any]) -> QuerySet[Any]:
    """Return the buyers with the four figures: profit, lifetime, frequency, amount (yuan).

    Each is a number, 0 where nothing is known, and the key settles ties: the order is the same
    every time.
    """
    signed = Purchase.objects.filter(
        customer=OuterRef("pk"), signed_at__isnull=False, ended_at__isnull=True
    ).order_by()
    each = signed.values("customer")
    worth = lifetime_value()
    none = Value(0, output_field=MONEY)
    rows: QuerySet[Any] = customers.filter(Exists(signed)).annotate(
        profit=Coalesce("contribution", none, output_field=MONEY),
        lifetime=none if worth is None else Coalesce(worth, none, output_field=MONEY),
        frequency=Coalesce(Subquery(each.annotate(n=Count("pk")).values("n")), 0),
        deals=Coalesce(
            Subquery(each.annotate(t=Sum("agreed_total")).values("t")), none, output_field=MONEY
        ),
    )
    return rows


def in_step(customers: QuerySet[Any], step: str) -> QuerySet[Any]:
    """Return the customers who stand at a step; those without a row stand at the first."""
    if step == "find":
        rows = ProgrammeStep.objects.filter(customer=OuterRef("pk"))
        return customers.filter(~Exists(rows))
    rows = ProgrammeStep.objects.filter(customer=OuterRef("pk"), step=step)
    return customers.filter(Exists(rows))


def board(user: Any) -> list[tuple[str, Any, int]]:
    """Return each step, its word and how many customers one sees stand there; one query."""
    rows = Customer.objects.visible_to(user).order_by()
    counts = rows.aggregate(
        find=Count("pk", filter=Q(programme_step__isnull=True)),
        **{key: Count("pk", filter=Q(programme_step__step=key)) for key, _word in words.STEPS[1:]},
    )
    return [(key, word, counts[key]) for key, word in words.STEPS]
