"""Sales statistics: visits, subscriptions, signings, cancellations, money (MKT-54).

Deals count when they happen: a signing stays in its day when the contract is taken back later, and
the taking back counts in its own. So days add up to weeks, months and the whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final

from django.db.models import Count, DateField, F, Q, Sum
from django.db.models.functions import Coalesce, Trunc
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.models import Interaction, Lead, Project
from customers.payment.models import Receipt
from customers.property.models import Layout, Unit
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState
from customers.selectors.standing import IS_VISIT
from customers.vocabulary import labels
from marketing.selling.rules.spans import Grain, Span, name_of, span_of, spans_between
from marketing.selling.rules.statistics import Line, change, whole_of
from marketing.selling.selectors.actuals import AREA, midnight

TIME, PROJECT, LAYOUT, CHANNEL = "time", "project", "layout", "channel"
CUTS: Final = (TIME, PROJECT, LAYOUT, CHANNEL)
GAVE_UP: Final = [PurchaseState.CANCELLED.value, PurchaseState.REFUNDED.value]
SOURCE: Final = Coalesce("lead__source", "customer__source")
# cut -> the column of purchases, receipts and visits; None: cannot be told apart
OF_PURCHASE: Final[Mapping[str, Any]] = {
    PROJECT: F("project"),
    LAYOUT: F("unit__layout"),
    CHANNEL: SOURCE,
}
OF_RECEIPT: Final[Mapping[str, Any]] = {
    PROJECT: F("purchase__project"),
    LAYOUT: F("purchase__unit__layout"),
    CHANNEL: Coalesce("purchase__lead__source", "purchase__customer__source"),
}
OF_VISIT: Final[Mapping[str, Any]] = {
    PROJECT: F("customer__project"),
    CHANNEL: F("customer__source"),
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a table is asked: which days, in which steps or cut, for which projects."""

    span: Span
    grain: Grain
    cut: str
    projects: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Statistics:
    """A table with its total."""

    lines: list[Line]
    whole: Line
    has_visits: bool

    def trend(self) -> list[Decimal | None]:
        """Return the change of the amount to the line before, in percent."""
        amounts = [line.values["amount"] for line in self.lines]
        moved = [change(after, before) for before, after in pairwise(amounts)]
        return [None, *moved][: len(amounts)]


def deals(question: Question, field: str, now: datetime) -> Any:
    """Return the purchases of the projects with a step in the span, as known at ``now``."""
    return Purchase.objects.filter(
        **{
            f"{field}__gte": midnight(question.span.start),
            f"{field}__lt": min(midnight(question.span.end), now),
        },
        project__in=question.projects,
        customer__merged_into__isnull=True,
    )


def subscriptions(question: Question, now: datetime) -> Any:
    """Return the subscriptions; one that moved to another unit counts there."""
    return deals(question, "subscribed_at", now).exclude(state=PurchaseState.CHANGED)


def signings(question: Question, now: datetime) -> Any:
    """Return the contracts signed."""
    return deals(question, "signed_at", now)


def cancelled(question: Question, now: datetime) -> Any:
    """Return the subscriptions and contracts that were given up."""
    return deals(question, "ended_at", now).filter(state__in=GAVE_UP, subscribed_at__isnull=False)


def visits(question: Question, now: datetime) -> Any:
    """Return the visits of customers of the projects."""
    return Interaction.objects.filter(
        IS_VISIT,
        is_automatic=False,
        at__gte=midnight(question.span.start),
        at__lt=min(midnight(question.span.end), now),
        customer__project__in=question.projects,
        customer__merged_into__isnull=True,
    )


def receipts(question: Question, now: datetime) -> Any:
    """Return what was received and given back."""
    return Receipt.objects.filter(
        received_on__gte=question.span.start,
        received_on__lt=question.span.end,
        recorded_at__lt=now,
        purchase__project__in=question.projects,
    )


def statistics(question: Question, now: datetime) -> Statistics:
    """Return the table; five statements, and one for names."""
    cut, lines = question.cut, _empty_lines(question)
    has_visits = cut == TIME or cut in OF_VISIT
    steps: list[tuple[Any, Any, str, dict[str, Any]]] = [
        (
            subscriptions(question, now),
            OF_PURCHASE,
            "subscribed_at",
            {"subscriptions": Count("pk")},
        ),
        (signings(question, now), OF_PURCHASE, "signed_at", _SIGNED),
        (cancelled(question, now), OF_PURCHASE, "ended_at", {"cancelled": Count("pk")}),
        (receipts(question, now), OF_RECEIPT, "received_on", {"receipts": Sum("amount")}),
    ]
    if has_visits:
        steps.append((visits(question, now), OF_VISIT, "at", {"visits": Count("pk")}))
    for rows, columns, moment, sums in steps:
        key = _bucket(moment, question.grain) if cut == TIME else columns[cut]
        for row in rows.order_by().values(cut_key=key).annotate(**sums):
            held = _key(row.pop("cut_key"), question)
            lines.setdefault(held, Line(held)).add(row)
    _name(lines, question)
    found = list(lines.values())
    if cut != TIME:
        found.sort(key=lambda line: (-line.values["amount"], line.label))
    return Statistics(found, whole_of(found), has_visits)


@dataclass(frozen=True, slots=True)
class Opportunity:
    """What may become contracts in a project: counts and, of subscriptions, the amount."""

    project: Project
    leads: int
    visited: int
    held: int
    subscribed: int
    amount: Decimal
    free: int


def opportunities(projects: Iterable[Project]) -> list[Opportunity]:
    """Return what is on the way by project: open leads, holds, subscriptions, free units."""
    rows = {project.pk: project for project in projects}
    leads = _counted(
        Lead.objects.filter(customer__merged_into__isnull=True),
        "project",
        rows,
        leads=Count("pk", filter=Q(state__in=["new", "assigned", "contacted", "qualified"])),
        visited=Count("pk", filter=Q(state="visited")),
    )
    held = [PurchaseState.HELD.value, PurchaseState.PRESUBSCRIBED.value]
    subscribed = Q(state=PurchaseState.SUBSCRIBED.value)
    standing = _counted(
        Purchase.objects.standing(),
        "project",
        rows,
        held=Count("pk", filter=Q(state__in=held)),
        subscribed=Count("pk", filter=subscribed),
        amount=Sum("agreed_total", filter=subscribed),
    )
    taken = Purchase.objects.standing().filter(unit__isnull=False).values("unit")
    stock = Unit.objects.filter(withheld_at__isnull=True).exclude(pk__in=taken)
    free = _counted(stock, "project", rows, free=Count("pk"))
    nothing: dict[str, Any] = {}
    return [
        Opportunity(
            project,
            leads=leads.get(key, nothing).get("leads", 0),
            visited=leads.get(key, nothing).get("visited", 0),
            held=standing.get(key, nothing).get("held", 0),
            subscribed=standing.get(key, nothing).get("subscribed", 0),
            amount=standing.get(key, nothing).get("amount") or Decimal(0),
            free=free.get(key, nothing).get("free", 0),
        )
        for key, project in rows.items()
    ]


_PRICED = Q(agreed_total__isnull=False, unit__isnull=False)
_SIGNED: dict[str, Any] = {
    "signings": Count("pk"),
    "area": Sum(AREA),
    "amount": Sum("agreed_total"),
    "priced": Sum("agreed_total", filter=_PRICED),
    "priced_area": Sum(AREA, filter=_PRICED),
}


def _counted(rows: Any, by: str, keys: Iterable[int], **sums: Any) -> dict[int, dict[str, Any]]:
    found = rows.filter(**{f"{by}__in": list(keys)}).order_by().values(place=F(by))
    return {row["place"]: row for row in found.annotate(**sums)}


def _bucket(moment: str, grain: Grain) -> Any:
    if moment == "received_on":
        return Trunc(moment, grain.value, output_field=DateField())
    zone = timezone.get_default_timezone()
    return Trunc(moment, grain.value, output_field=DateField(), tzinfo=zone)


def _key(value: Any, question: Question) -> Any:
    if question.cut != TIME:
        return value or None
    day: date = value
    return max(day, question.span.start)


def _empty_lines(question: Question) -> dict[Any, Line]:
    if question.cut != TIME:
        return {}
    spans = spans_between(question.grain, question.span)
    return {span.start: Line(span.start) for span in spans}


def _name(lines: Mapping[Any, Line], question: Question) -> None:
    words: Mapping[Any, Any] = {}
    if question.cut == PROJECT:
        words = dict(Project.objects.filter(pk__in=question.projects).values_list("pk", "name"))
    elif question.cut == LAYOUT:
        keys = [key for key in lines if key]
        names = Layout.objects.filter(pk__in=keys).values_list("pk", "project__name", "name")
        words = {pk: f"{project} · {name}" for pk, project, name in names}
    elif question.cut == CHANNEL:
        words = labels("source")
    for key, line in lines.items():
        if question.cut == TIME:
            line.label = name_of(question.grain, span_of(question.grain, key))
        else:
            line.label = str(words.get(key) or key or _("not said"))
