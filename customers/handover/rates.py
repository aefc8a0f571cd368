"""The handover rate by day and batch, with the reasons not taken (SVC-92).

Every figure opens the list of units behind it and equals its count: both ask the same query.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.handover import choices
from customers.handover.models import DeliveryBatch, UnitDelivery
from customers.handover.rules import REASONS, Outcome, rate


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure with the address of the units behind it."""

    label: Any
    number: int
    url: str


@dataclass(frozen=True, slots=True)
class RateLine:
    """A batch or a day: homes invited and taken over, and why the others are not."""

    title: Any
    invited: Tile
    taken: Tile
    percent: float | None
    reasons: list[Tile]


def rate_line(counts: Mapping[str, int], title: Any, **where: Any) -> RateLine:
    """Return the figures of ``counts`` by outcome; ``where`` narrows the lists they open."""
    invited = sum(number for key, number in counts.items() if key != Outcome.PLANNED)
    taken = counts.get(Outcome.TAKEN, 0)
    words = dict(choices.OUTCOMES)
    return RateLine(
        title=title,
        invited=Tile(_("Invited"), invited, _url(invited="true", **where)),
        taken=Tile(words[Outcome.TAKEN.value], taken, _url(outcome=Outcome.TAKEN.value, **where)),
        percent=rate(taken, invited),
        reasons=[
            Tile(words[key.value], counts.get(key, 0), _url(outcome=key.value, **where))
            for key in REASONS
        ],
    )


def overall(rows: QuerySet[UnitDelivery], *, now: datetime, **where: Any) -> RateLine:
    """Return the figures of all of ``rows``."""
    return rate_line(_counted(rows, now).get((), Counter()), _("All batches"), **where)


def by_batch(rows: QuerySet[UnitDelivery], *, now: datetime) -> list[RateLine]:
    """Return the figures of each batch with somebody invited, the latest first."""
    counted = _counted(rows, now, "batch")
    keys = [key[0] for key, counts in counted.items() if _has_invited(counts)]
    batches = DeliveryBatch.objects.filter(pk__in=keys).select_related("project")
    return [
        rate_line(counted[batch.pk,], batch, batch=batch.pk)
        for batch in batches.order_by("-planned_on", "pk")
    ]


def by_day(rows: QuerySet[UnitDelivery], *, now: datetime, **where: Any) -> list[RateLine]:
    """Return the figures of each day for which somebody is invited, the latest first."""
    counted = _counted(rows.invited(), now, "due_on")  # type: ignore[attr-defined]
    days: list[date] = sorted((key[0] for key in counted), reverse=True)
    return [rate_line(counted[day,], day, day=day.isoformat(), **where) for day in days]


def _counted(
    rows: QuerySet[UnitDelivery], now: datetime, *by: str
) -> dict[tuple[Any, ...], Counter[str]]:
    """Return how many units have each outcome, by the columns ``by``; one query."""
    found: dict[tuple[Any, ...], Counter[str]] = {}
    asked: Any = rows.with_outcome(now=now)  # type: ignore[attr-defined]
    lines = asked.order_by().values_list(*by, "outcome").annotate(number=Count("pk"))
    for *key, outcome, number in lines:
        found.setdefault(tuple(key), Counter())[outcome] += number
    return found


def _has_invited(counts: Counter[str]) -> bool:
    return any(number for key, number in counts.items() if key != Outcome.PLANNED)


def _url(**query: Any) -> str:
    return f"{reverse('customers:delivery-units')}?{urlencode(query)}"
