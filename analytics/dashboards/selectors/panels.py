"""What stands below the cards: ranking, weeks, cohorts, overdue work, the three who gain, trend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.db.models import Count, Min, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth

from analytics.dashboards.questions import Question, kpi_url
from analytics.dashboards.rules.periods import months_until, week_label, weeks_until
from analytics.dashboards.rules.way import percent
from analytics.dashboards.selectors import known
from analytics.dashboards.selectors.cards import known_kpis
from analytics.kpis.kinds import SHANGHAI, Kpi, Period, Place, Reading, ScopeKind, day_of
from analytics.kpis.people import customers_until, end_of, lost_before
from analytics.kpis.sources import CUSTOMER_PATHS, in_place
from crm_site.staff.models import OrgNode, User
from customers.models import Task

BENEATH: Final = {
    ScopeKind.COMPANY: ScopeKind.PROJECT,
    ScopeKind.REGION: ScopeKind.PROJECT,
    ScopeKind.PROJECT: ScopeKind.CONSULTANT,
    ScopeKind.TEAM: ScopeKind.CONSULTANT,
}
RANKED: Final = 10
HEAT_ROWS: Final = 8
SHADES: Final = 5
OVERDUE: Final = 6
COHORTS: Final = 8
SELLERS: Final = ("consultant", "supervisor")
NONE: Final = Reading(None, None, None, 0, note="no_data")
ZERO: Final = Reading(Decimal(0), Decimal(0), None, 0)
ADDED_UP: Final = frozenset({"count", "yuan"})


# what is beneath a place -------------------------------------------------------------------------
def beneath(place: Place) -> tuple[ScopeKind | None, dict[int, str]]:
    """Return the kind of places beneath one and their names by key; one query."""
    kind = BENEATH.get(place.kind)
    if kind is None:
        return None, {}
    if kind is ScopeKind.PROJECT:
        nodes = OrgNode.objects.filter(kind=kind.value)
        if place.id is not None:
            nodes = nodes.filter(region=place.id)
        return kind, dict(nodes.order_by("code").values_list("pk", "name"))
    people = User.objects.filter(
        Q(node=place.id) | Q(node__project=place.id), is_active=True, role__in=SELLERS
    )
    return kind, dict(people.order_by("name", "pk").values_list("pk", "name"))


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of a ranking: the place, its figures in order of the columns, links to rows."""

    number: int
    name: str
    url: str
    cells: tuple[tuple[Reading, str, str], ...]  # reading, unit, address of the rows
    share: int  # of the best, for the bar


@dataclass(frozen=True, slots=True)
class Ranking:
    """The best places beneath one, by the first of the columns."""

    kind: ScopeKind
    columns: tuple[Kpi, ...]
    lines: tuple[Ranked, ...]
    count: int


def ranking(asked: Question) -> Ranking | None:
    """Return the ranking; None where nothing is beneath the place or no column is known."""
    kind, names = beneath(asked.place)
    kpis = [
        kpi
        for kpi in known_kpis(asked.board.ranking, asked, most=4)
        if kpi.by_place is not None and kind in kpi.places
    ]
    if kind is None or not kpis:
        return None
    columns = [_by_place(kpi, kind, [asked.period], asked)[asked.period] for kpi in kpis]
    first: Mapping[int, Reading] = columns[0]
    is_up = kpis[0].good == "up"

    def rank(key: int) -> tuple[bool, Decimal, str]:
        value = first.get(key, NONE).value
        return (
            value is None,
            (-value if is_up else value) if value is not None else Decimal(0),
            names[key],
        )

    ordered = sorted(names, key=rank)
    best: Decimal = max(
        (abs(one.value) for one in first.values() if one.value is not None), default=Decimal(0)
    )
    lines = tuple(
        Ranked(
            number=number,
            name=names[key],
            url=place_url(asked, Place(kind, key)),
            cells=tuple(
                (
                    column.get(key, missing_of(kpi)),
                    kpi.unit,
                    kpi_url(kpi.key, Place(kind, key), asked.period),
                )
                for kpi, column in zip(kpis, columns, strict=True)
            ),
            share=int(abs(first.get(key, NONE).value or Decimal(0)) * 100 / best) if best else 0,
        )
        for number, key in enumerate(ordered[:RANKED], 1)
    )
    return Ranking(kind, tuple(kpis), lines, len(names))


def _by_place(
    kpi: Kpi, kind: ScopeKind, periods: Sequence[Period], asked: Question
) -> dict[Period, Mapping[int, Reading]]:
    """Return the figures of all places of a kind; when they were read is noted for the page."""
    return known.by_place(kpi, kind, periods, now=asked.now, noted=asked.read, again=asked.again)


def place_url(asked: Question, place: Place) -> str:
    """Return the dashboard of a place beneath, empty where the person has none for it."""
    from analytics.dashboards.boards import boards_for
    from analytics.dashboards.places import value_of

    if asked.board.key in {"service", "marketing"} and place.kind in asked.board.kinds:
        return asked.url(place=value_of(place))
    for board in boards_for(asked.user):
        if board.key == place.kind.value:
            return asked.of(board=board).url(place=value_of(place))
    return ""


# project × week ---------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class HeatCell:
    """A figure of a place in a week, how dark it is (1 to 5, 0 for none), and its rows."""

    reading: Reading
    shade: int
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Heat:
    """A figure by place and week; totals only where figures may be added up."""

    kpi: Kpi
    kind: ScopeKind
    weeks: tuple[str, ...]
    lines: tuple[tuple[str, tuple[HeatCell, ...], Decimal | None], ...]
    count: int


def heat(asked: Question) -> Heat | None:
    """Return the weeks of the places beneath; None where there are none."""
    kind, names = beneath(asked.place)
    kpis = known_kpis((asked.board.heat,), asked, most=1)
    if kind is None or not kpis or kind not in kpis[0].places:
        return None
    kpi, weeks = kpis[0], weeks_until(asked.period)
    found = _by_place(kpi, kind, weeks, asked)
    adds = kpi.unit in ADDED_UP
    missing = missing_of(kpi)
    rows: dict[int, list[Reading]] = {
        key: [found[week].get(key, missing) for week in weeks] for key in names
    }
    most = max(
        (one.value for row in rows.values() for one in row if one.value is not None),
        default=Decimal(0),
    )

    def total(key: int) -> Decimal:
        return sum((one.value or Decimal(0) for one in rows[key]), Decimal(0))

    order = sorted(names, key=lambda key: (-total(key), names[key]))[:HEAT_ROWS]
    lines = tuple(
        (
            names[key],
            tuple(
                HeatCell(
                    one,
                    shade(one.value, most),
                    kpi_url(kpi.key, Place(kind, key), week),
                    f"{names[key]} {week_label(week)}",
                )
                for one, week in zip(rows[key], weeks, strict=True)
            ),
            total(key) if adds else None,
        )
        for key in order
    )
    return Heat(kpi, kind, tuple(week_label(week) for week in weeks), lines, len(names))


def missing_of(kpi: Kpi) -> Reading:
    """Return the figure of a place without rows: zero where rows are counted, else no data."""
    return ZERO if kpi.unit in ADDED_UP and not kpi.is_standing else NONE


def shade(value: Decimal | None, most: Decimal) -> int:
    """Return how dark a value is, from 1 to 5 in equal steps up to the largest; 0 for none."""
    if value is None:
        return 0
    if most <= 0:
        return 1
    return max(1, min(SHADES, int(value * SHADES / most) + (value < most)))


# cohorts -----------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Cohort:
    """The customers of one month: how many, and what share had not churned after each month."""

    month: str
    size: int
    kept: tuple[tuple[Decimal | None, int], ...]  # per cent and shade


def cohorts(asked: Question) -> list[Cohort]:
    """Return the last months with what is left of each after 0, 1, 2 … months; one query."""
    return asked.kept("cohorts", lambda: _cohorts(asked))


def _cohorts(asked: Question, count: int = COHORTS) -> list[Cohort]:
    months = months_until(asked.period, count)
    begin, seen = months[0].begins_at, asked.asking().seen_at
    rows: Any = in_place(customers_until(seen), asked.place, CUSTOMER_PATHS)
    rows = rows.visible_to(asked.user)
    losses = lost_before(seen, asked.asking().now).values("customer")
    gone = end_of(Subquery(losses.annotate(first=Min("on")).values("first")))
    counted = (
        rows.filter(created_at__gte=begin)
        .annotate(
            came=TruncMonth("created_at", tzinfo=SHANGHAI), gone=TruncMonth(gone, tzinfo=SHANGHAI)
        )
        .order_by()
        .values("came", "gone")
        .annotate(n=Count("pk"))
    )
    by_month: dict[int, dict[int | None, int]] = {}
    for row in counted:
        came = _month_number(day_of(row["came"]))
        left = None if row["gone"] is None else max(0, _month_number(day_of(row["gone"])) - came)
        by_month.setdefault(came, {})[left] = row["n"]
    last = _month_number(months[-1].start)
    return [_cohort(month, by_month, last) for month in months]


def _month_number(day: Any) -> int:
    return int(day.year * 12 + day.month)


def _cohort(month: Period, found: Mapping[int, Mapping[int | None, int]], last: int) -> Cohort:
    number = _month_number(month.start)
    left = found.get(number, {})
    size = sum(left.values())
    kept = []
    for after in range(last - number + 1):
        gone = sum(n for when, n in left.items() if when is not None and when <= after)
        share = percent(size - gone, size)
        kept.append((share, shade(share, Decimal(100))))
    return Cohort(month.start.strftime("%Y-%m"), size, tuple(kept))


# overdue work ------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Overdue:
    """Work past its time: the oldest of it and how much there is."""

    rows: Sequence[Any]
    count: int
    url: str


def overdue_tasks(asked: Question) -> QuerySet[Any]:
    """Return the open tasks of a place whose time has passed, as far as the person sees them."""
    rows = Task.objects.visible_to(asked.user).overdue(now=asked.now)
    if asked.place.kind is ScopeKind.CONSULTANT:
        return rows.filter(owner=asked.place.id)
    paths = {kind: f"customer__{path}" for kind, path in CUSTOMER_PATHS.items()}
    return in_place(rows, asked.place, paths)


def overdue_tickets(asked: Question) -> QuerySet[Any]:
    """Return the open tickets of a place that are past a time limit, as far as they are seen."""
    from service.tickets.models import Ticket

    paths = {ScopeKind.REGION: "project__node__region", ScopeKind.PROJECT: "project"}
    rows = Ticket.objects.visible_to(asked.user).overdue(asked.now)
    return in_place(rows, asked.place, paths)


def overdue(asked: Question, *, tickets: bool = False) -> Overdue:
    """Return the oldest overdue tasks, or tickets, and their number.

    Which they are is kept with the other figures; their rows, which name customers, are read each
    time, as far as they are still overdue and seen.
    """
    if tickets:
        rows = overdue_tickets(asked).select_related("project").order_by("opened_at", "pk")
        name = "late-tickets"
    else:
        rows = overdue_tasks(asked).select_related("customer", "owner").order_by("due_at", "pk")
        name = "late-tasks"
    keys, count = asked.kept(
        name, lambda: (list(rows.values_list("pk", flat=True)[:OVERDUE]), rows.count())
    )
    return Overdue(list(rows.filter(pk__in=keys)), count, asked.url(name))
