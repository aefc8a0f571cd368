"""How a team stands: what was escalated, each consultant's work, the time limits kept (CUS-42).

Every figure carries the address of the list that shows its rows, and counts what that list counts.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise

from crm_site.staff.models import User
from crm_site.staff.selectors import consultants_in
from customers.clock_messages import CLOCK_LABELS
from customers.models import Customer, LeadClock, Task
from customers.querysets import LeadClockQuerySet
from customers.rules.axes import OPEN_LEAD_STATES, ClockKind
from customers.rules.days import end_of_day
from customers.selectors.listed import narrowed
from customers.selectors.relations import buyers

# The time-limit report looks at limits that ended within this span.
REPORT_DAYS = 30
MOST_ROWS = 50


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of customers and the list that shows them."""

    count: int
    url: str


@dataclass(frozen=True, slots=True)
class Escalation:
    """A time limit that ran out and is still open."""

    clock_id: int
    customer_id: int
    customer_name: str
    grade: str
    label: str | Promise
    owner_name: str
    due_at: dt.datetime
    over: dt.timedelta
    level: int
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class ConsultantRow:
    """The work of one consultant; ``first_touch_rate`` is ``None`` where no limit has ended."""

    user_id: int
    name: str
    customers: Figure
    due_today: Figure
    overdue: Figure
    waiting: Figure
    breached: Figure
    first_touch_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class LimitReport:
    """How one time limit was kept: of those that ended in the last 30 days, how many in time.

    ``rate`` is a fraction, ``None`` where none ended. ``missed`` are those met late or still open,
    ``open`` the missed ones nobody has met yet.
    """

    kind: str
    label: str | Promise
    ended: int
    kept: int
    missed: int
    open: int
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Team:
    """What a supervisor sees at a glance."""

    escalations: Sequence[Escalation]
    breached: Figure
    overdue: Figure
    unowned: Figure
    consultants: Sequence[ConsultantRow]
    limits: Sequence[LimitReport]
    buyers: Figure


def team(user: User, now: dt.datetime, project_id: int | None = None) -> Team:
    """Return how the people and customers in ``user``'s scope stand; few queries for any size.

    With ``project_id`` only those of that project.
    """
    customers = narrowed(Customer.objects.visible_to(user), project_id)
    cuts = _cuts(customers, now)
    by_owner = {key: _by_owner(cut) for key, cut in cuts.items()}
    people = consultants_in(user.node) if user.node else User.objects.none()
    if project_id is not None:
        people = people.filter(node__project=project_id)
    clocks = LeadClock.objects.visible_to(user)
    if project_id is not None:
        clocks = clocks.filter(lead__customer__project=project_id)
    rates = _first_touch_rates(clocks, now)
    return Team(
        escalations=_escalations(clocks, now),
        breached=Figure(sum(by_owner["breached"].values()), _list(clock="breached")),
        overdue=Figure(sum(by_owner["overdue"].values()), _list(due="overdue")),
        unowned=Figure(by_owner["all"].get(None, 0), reverse("customers:pool")),
        consultants=[_consultant(person, by_owner, rates) for person in people],
        limits=_limits(clocks, now),
        buyers=Figure(buyers(customers), _list()),
    )


def _limits(clocks: LeadClockQuerySet, now: dt.datetime) -> list[LimitReport]:
    found: Any = _ended(clocks, now).values("kind").annotate(**COUNTS)
    rows: dict[str, dict[str, Any]] = {row["kind"]: row for row in found}
    return [
        _limit(kind, rows.get(kind, {})) for kind in CLOCK_LABELS if kind in rows or _is_main(kind)
    ]


COUNTS: dict[str, Any] = {
    "ended": Count("pk"),
    "kept": Count("pk", filter=Q(met_at__lte=F("due_at"))),
    "open": Count("pk", filter=Q(met_at__isnull=True)),
}


def _ended(clocks: LeadClockQuerySet, now: dt.datetime) -> LeadClockQuerySet:
    """Return the clocks that were met or ran out within the span of the report."""
    since = now - dt.timedelta(days=REPORT_DAYS)
    return clocks.exclude(state="cancelled").filter(
        Q(met_at__gte=since) | Q(due_at__gte=since, due_at__lt=now, met_at__isnull=True)
    )


def _limit(kind: str, row: dict[str, Any]) -> LimitReport:
    ended, kept = row.get("ended", 0), row.get("kept", 0)
    return LimitReport(
        kind=kind,
        label=CLOCK_LABELS[kind],
        ended=ended,
        kept=kept,
        missed=ended - kept,
        open=row.get("open", 0),
        rate=Decimal(kept) / Decimal(ended) if ended else None,
    )


def _is_main(kind: str) -> bool:
    return kind in {each.value for each in ClockKind}


def _first_touch_rates(clocks: LeadClockQuerySet, now: dt.datetime) -> dict[int, Decimal]:
    first = _ended(clocks, now).filter(kind=ClockKind.FIRST_TOUCH.value)
    rows = first.values("lead__customer__owner").annotate(
        ended=COUNTS["ended"], kept=COUNTS["kept"]
    )
    return {
        row["lead__customer__owner"]: Decimal(row["kept"]) / Decimal(row["ended"]) for row in rows
    }


def _cuts(customers: QuerySet[Customer], now: dt.datetime) -> dict[str, QuerySet[Customer]]:
    """Return the customers behind each figure, cut as the filters of the list cut them."""
    tasks = Task.objects.open().filter(customer=OuterRef("pk"))
    clocks = LeadClock.objects.filter(
        lead__customer=OuterRef("pk"),
        lead__state__in=[state.value for state in OPEN_LEAD_STATES],
        met_at__isnull=True,
    )
    waiting = clocks.filter(state="running", kind=ClockKind.FIRST_TOUCH.value)
    return {
        "all": customers,
        "due_today": customers.filter(Exists(tasks.filter(due_at__lt=end_of_day(now)))),
        "overdue": customers.filter(Exists(tasks.filter(due_at__lt=now))),
        "waiting": customers.filter(Exists(waiting)),
        "breached": customers.filter(Exists(clocks.filter(state="breached"))),
    }


PARAMS: dict[str, dict[str, str]] = {
    "all": {},
    "due_today": {"due": "today"},
    "overdue": {"due": "overdue"},
    "waiting": {"clock": "running", "clock_kind": ClockKind.FIRST_TOUCH.value},
    "breached": {"clock": "breached"},
}


def _by_owner(cut: QuerySet[Customer]) -> dict[int | None, int]:
    return dict(cut.order_by().values_list("owner").annotate(count=Count("pk")))


def _consultant(
    person: User, by_owner: dict[str, dict[int | None, int]], rates: dict[int, Decimal]
) -> ConsultantRow:
    figures = {
        key: Figure(counts.get(person.pk, 0), _list(owner=str(person.pk), **PARAMS[key]))
        for key, counts in by_owner.items()
    }
    return ConsultantRow(
        user_id=person.pk,
        name=person.name,
        customers=figures["all"],
        due_today=figures["due_today"],
        overdue=figures["overdue"],
        waiting=figures["waiting"],
        breached=figures["breached"],
        first_touch_rate=rates.get(person.pk),
    )


def _escalations(clocks: LeadClockQuerySet, now: dt.datetime) -> list[Escalation]:
    found = (
        clocks.filter(
            state="breached",
            met_at__isnull=True,
            lead__state__in=[state.value for state in OPEN_LEAD_STATES],
        )
        .select_related("lead__owner", "lead__customer__owner", "lead__customer__grading")
        .order_by("due_at", "pk")[:MOST_ROWS]
    )
    return [_escalation(clock, now) for clock in found]


def _escalation(clock: LeadClock, now: dt.datetime) -> Escalation:
    customer = clock.lead.customer
    owner = clock.lead.owner or customer.owner
    grading = getattr(customer, "grading", None)
    return Escalation(
        clock_id=clock.pk,
        customer_id=customer.pk,
        customer_name=customer.name,
        grade=grading.grade if grading else "",
        label=CLOCK_LABELS[clock.kind],
        owner_name=owner.name if owner else "",
        due_at=clock.due_at,
        over=now - clock.due_at,
        level=clock.escalation,
        is_provisional=clock.is_provisional,
    )


def _list(**params: str) -> str:
    return f"{reverse('customers:customer-list')}?{urlencode({'view': 'all', **params})}"
