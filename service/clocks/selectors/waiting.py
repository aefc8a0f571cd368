"""How long customers wait: in each step, and for an answer to repairs (SVC-64, SVC-100)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.utils.functional import Promise as Words
from django.utils.translation import pgettext_lazy

from crm_site.staff.models import User
from service.clocks.models import TicketClock
from service.clocks.rules.limits import Promise
from service.clocks.rules.months import period_of
from service.clocks.selectors.timeliness import Ask
from service.tickets.choices import STATES
from service.tickets.models import Ticket, TicketEvent
from service.tickets.querysets import NOT_STANDING
from service.tickets.rules import ENDED, TicketKind

REPAIR = TicketKind.REPAIR.value
RECENT = dt.timedelta(days=30)
ORDER = [state for state, _label in STATES]
LABELS = dict(STATES)


class Percentile(Aggregate):
    """The continuous percentile of PostgreSQL over spans of time; NULLs do not count."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"

    def __init__(self, expression: Any, share: float, **more: Any) -> None:
        super().__init__(expression, share=share, output_field=DurationField(), **more)


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a step took: how often, the median, what nine of ten stay below."""

    key: Any
    label: str | Words
    count: int
    median: dt.timedelta | None
    ninth: dt.timedelta | None
    now_in_it: int = 0
    share: float = 0.0  # of the longest median, in percent, for the bar
    is_slow: bool = False


SPAN = ExpressionWrapper(F("left_at") - F("at"), output_field=DurationField())
ANSWER = ExpressionWrapper(F("met_at") - F("started_at"), output_field=DurationField())


def steps(user: User, ask: Ask, now: dt.datetime) -> list[Wait]:
    """Return how long tickets stayed in each state that they left in the month, in order."""
    period = period_of(ask.month, now)
    stood = stays(user, ask).filter(left_at__gte=period.start, left_at__lt=period.seen_at)
    found: Any = (
        stood.values("to_state")
        .order_by()
        .annotate(count=Count("pk"), median=Percentile(SPAN, 0.5), ninth=Percentile(SPAN, 0.9))
    )
    standing = _tickets(user, ask).exclude(state__in=ENDED).values("state").order_by()
    now_in = {row["state"]: row["number"] for row in standing.annotate(number=Count("pk"))}
    rows: dict[str, Any] = {row["to_state"]: row for row in found}
    longest = max((row["median"] for row in rows.values()), default=dt.timedelta(0))
    return [
        Wait(
            key=state,
            label=LABELS[state],
            count=rows.get(state, {}).get("count", 0),
            median=rows.get(state, {}).get("median"),
            ninth=rows.get(state, {}).get("ninth"),
            now_in_it=now_in.get(state, 0),
            share=_share(rows.get(state, {}).get("median"), longest),
        )
        for state in ORDER
        if state in rows or state in now_in
    ]


def stays(user: User, ask: Ask) -> QuerySet[Any]:
    """Return the events that began a stay in a state, each with ``left_at``, the next change."""
    after = (
        TicketEvent.objects.filter(ticket=OuterRef("ticket"))
        .filter(Q(at__gt=OuterRef("at")) | Q(at=OuterRef("at"), pk__gt=OuterRef("pk")))
        .exclude(to_state="")
        .order_by("at", "pk")
    )
    tickets = _tickets(user, ask).filter(pk=OuterRef("ticket"))
    found = TicketEvent.objects.filter(Exists(tickets)).exclude(to_state="")
    return found.annotate(left_at=Subquery(after.values("at")[:1]))


def queue(user: User, ask: Ask, now: dt.datetime) -> Wait:
    """Return how long customers waited for the first answer, of those answered in the month."""
    period = period_of(ask.month, now)
    met = _answered(user).filter(met_at__gte=period.start, met_at__lt=period.seen_at)
    if ask.kind:
        met = met.filter(ticket__kind=ask.kind)
    if ask.project:
        met = met.filter(ticket__project=ask.project)
    row = met.aggregate(**_percentiles())
    return Wait("queue", pgettext_lazy("wait", "First answer"), **row)


def repair_responses(
    user: User, now: dt.datetime, *, project: int | None, slow: dt.timedelta, least: int
) -> tuple[Wait, list[Wait]]:
    """Return the waits for the first answer to repairs of the last 30 days: in all and by class."""
    met = recent_repairs(_answered(user), now)
    if project:
        met = met.filter(ticket__project=project)
    whole = met.aggregate(**_percentiles())
    found: Any = (
        met.values("ticket__category", "ticket__category__name")
        .order_by()
        .annotate(**_percentiles())
    )
    longest = max((row["median"] for row in found), default=dt.timedelta(0))
    classes = [
        Wait(
            key=row["ticket__category"],
            label=row["ticket__category__name"] or pgettext_lazy("ticket", "without a class"),
            count=row["count"],
            median=row["median"],
            ninth=row["ninth"],
            share=_share(row["median"], longest),
            is_slow=row["median"] > slow and row["count"] >= least,
        )
        for row in found
    ]
    classes.sort(key=lambda wait: -(wait.median or dt.timedelta(0)))
    median, count = whole["median"], whole["count"]
    is_slow = median is not None and median > slow and count >= least
    return Wait("repairs", "", **whole, is_slow=is_slow), classes


def recent_repairs(clocks: QuerySet[TicketClock], now: dt.datetime) -> QuerySet[TicketClock]:
    """Return first answers to repairs given in the last 30 days."""
    return clocks.filter(ticket__kind=REPAIR, met_at__gte=now - RECENT, met_at__lt=now)


def _percentiles() -> dict[str, Any]:
    return {
        "count": Count("pk"),
        "median": Percentile(ANSWER, 0.5),
        "ninth": Percentile(ANSWER, 0.9),
    }


def _answered(user: User) -> QuerySet[TicketClock]:
    found: QuerySet[TicketClock] = TicketClock.objects.visible_to(user).filter(
        kind=Promise.FIRST_TOUCH.value, met_at__isnull=False
    )
    return found.exclude(ticket__state__in=NOT_STANDING)


def _tickets(user: User, ask: Ask) -> QuerySet[Ticket]:
    found: QuerySet[Ticket] = Ticket.objects.visible_to(user).standing()
    if ask.kind:
        found = found.filter(kind=ask.kind)
    return found.filter(project=ask.project) if ask.project else found


def _share(part: dt.timedelta | None, whole: dt.timedelta) -> float:
    return part / whole * 100 if part and whole else 0.0
