"""Figures of tickets: by class and cause, callbacks of a month, what was not called back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q

from service.tickets import choices
from service.tickets.models import Ticket, TicketCallback
from service.tickets.rules import PATHS, TicketKind, TicketState

CALLBACK_WITHIN = timedelta(days=3)
LATE_SHOWN = 100
CALLED = [kind.value for kind, path in PATHS.items() if TicketState.CALLBACK in path]
AXES = (
    ("category", "category__name"),
    ("cause", "cause__name"),
    ("severity", "severity"),
    ("stage", "stage"),
    ("project", "project__name"),
    ("building", "unit__building__name"),
)
WORDS = {"severity": dict(choices.SEVERITIES), "stage": dict(choices.STAGES)}


@dataclass(frozen=True, slots=True)
class CountLine:
    """One value of an axis: how many tickets, still open, with a demanding opinion."""

    label: str
    count: int
    still_open: int
    demanding: int


@dataclass(frozen=True, slots=True)
class CallbackFigures:
    """The callbacks of a span: how many, solved, pleasant, satisfied; coverage of what was told.

    Shares are per cent of the latest callback of each ticket; ``None`` where there is none.
    """

    told: int
    called: int
    solved: int
    satisfied: int

    @property
    def coverage(self) -> int | None:
        """Per cent of the tickets told a solution that were called back."""
        return round(100 * self.called / self.told) if self.told else None

    @property
    def satisfied_share(self) -> int | None:
        """Per cent of the tickets called back whose customer is satisfied: solved and pleasant."""
        return round(100 * self.satisfied / self.called) if self.called else None


def by_axis(rows: Any, axis: str) -> list[CountLine]:
    """Return how many tickets stand under each value of an axis, most first (SVC-28, SVC-41)."""
    path = dict(AXES)[axis]
    still = Q(state__in=[state.value for state in TicketState if state not in _ENDED])
    found = (
        rows.order_by()
        .values(value=F(path))
        .annotate(
            n=Count("pk"),
            still_open=Count("pk", filter=still),
            demanding=Count("pk", filter=Q(is_demanding=True)),
        )
        .order_by("-n", "value")
    )
    words = WORDS.get(axis, {})
    return [
        CountLine(
            label=str(words.get(row["value"], row["value"] or "--")),
            count=row["n"],
            still_open=row["still_open"],
            demanding=row["demanding"],
        )
        for row in found
    ]


_ENDED = {TicketState.CLOSED, TicketState.CANCELLED, TicketState.MERGED}


def callback_figures(rows: Any, *, start: datetime, end: datetime) -> CallbackFigures:
    """Return the callbacks of the tickets told a solution in a span (SVC-31, SVC-87)."""
    told = rows.filter(kind__in=CALLED, told_at__gte=start, told_at__lt=end)
    latest = TicketCallback.objects.filter(ticket=OuterRef("pk"), round=OuterRef("reopened"))
    last = latest.order_by("-at", "-pk")
    called = told.filter(Exists(latest)).annotate(
        solved=last.values("solved")[:1], pleased=last.values("is_satisfied")[:1]
    )
    found = list(called.values_list("solved", "pleased"))
    return CallbackFigures(
        told=told.count(),
        called=len(found),
        solved=sum(solved == "yes" for solved, _pleased in found),
        satisfied=sum(bool(pleased) for _solved, pleased in found),
    )


def not_called_back(rows: Any, *, now: datetime) -> Any:
    """Return tickets told a solution or closed longer ago than the limit without a callback."""
    made = TicketCallback.objects.filter(ticket=OuterRef("pk"), round=OuterRef("reopened"))
    limit = now - CALLBACK_WITHIN
    due = Q(told_at__lt=limit) | Q(closed_at__lt=limit, state=TicketState.CLOSED.value)
    found = rows.standing().filter(due, ~Exists(made), kind__in=CALLED)
    return found.order_by("told_at", "pk")[:LATE_SHOWN]


def site_lines(rows: Any) -> list[CountLine]:
    """Return the problems of sales offices by project: complaints handled on site (SVC-16)."""
    on_site = rows.filter(category__process="on_site")
    return by_axis(on_site, "project")


def complaints_between(user: Any, *, start: datetime, end: datetime) -> Any:
    """Return the complaints received in a span that ``user`` sees."""
    rows = Ticket.objects.visible_to(user).standing()
    return rows.filter(kind=TicketKind.COMPLAINT, opened_at__gte=start, opened_at__lt=end)
