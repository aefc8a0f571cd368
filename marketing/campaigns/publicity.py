"""The calendar of publicity, what does not fit its sales phase, and the matrix (MKT-22, MKT-24)."""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.db.models import DecimalField, Min, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from customers.models import Project
from customers.property.models import Building, ProjectLaunch, ProjectPhase
from customers.property.rules import SALES_PHASES
from marketing.campaigns import choices
from marketing.campaigns.models import Campaign, CostItem, Placement
from marketing.campaigns.rules.pace import Window, misplaced, windows_of
from marketing.campaigns.rules.states import SalesPhase

SHOWN: Final = 3  # entries of a day in the month; the rest is counted
MONEY = DecimalField(max_digits=14, decimal_places=2)


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of publicity with the phase its days lie in, where that is another one."""

    placement: Any
    instead: str

    @property
    def instead_label(self) -> Any:
        """The words of the phase its days lie in."""
        return dict(choices.PHASES).get(self.instead, "")


@dataclass(slots=True)
class Day:
    """A day of the month with what is shown on it."""

    date: dt.date
    is_outside: bool
    is_today: bool
    entries: list[Entry] = field(default_factory=list)

    @property
    def first(self) -> list[Entry]:
        """The entries for which there is room."""
        return self.entries[:SHOWN]

    @property
    def more(self) -> int:
        """How many entries are left out."""
        return max(0, len(self.entries) - SHOWN)


@dataclass(frozen=True, slots=True)
class Month:
    """A month by weeks, and all its entries in order."""

    first: dt.date
    before: dt.date
    after: dt.date
    weeks: list[list[Day]]
    entries: list[Entry]

    @property
    def warnings(self) -> list[Entry]:
        """The entries out of place."""
        return [one for one in self.entries if one.instead]


def phases_of(projects: Iterable[int]) -> dict[int, list[Window]]:
    """Return the sales phases of projects: as planned or as they went, else by their dates.

    Phases come from the project's own plan (MKT-07). A project without any is before launch until
    its launch and after handover from the first promised handover on. Three queries.
    """
    wanted = set(projects)
    found: dict[int, list[Window]] = defaultdict(list)
    kinds = [one.value for one in SALES_PHASES]
    for one in ProjectPhase.objects.filter(project__in=wanted, kind__in=kinds):
        start, end = one.started_on or one.planned_from, one.ended_on or one.planned_until
        found[one.project_id].append(Window(SalesPhase(one.kind), start, end))
    rest = wanted - set(found)
    if not rest:
        return dict(found)
    launched = ProjectLaunch.objects.filter(project__in=rest).values_list("project", "launched_at")
    launches = {key: timezone.localdate(at) for key, at in launched if at is not None}
    promised = Building.objects.filter(project__in=rest).order_by().values("project")
    handed = {row["project"]: row["first"] for row in promised.annotate(first=Min("handover_on"))}
    for key, day in Project.objects.filter(pk__in=rest).values_list("pk", "launch_on"):
        found[key] = windows_of(launches.get(key) or day, handed.get(key))
    return {key: sorted(one, key=lambda w: w.start or dt.date.min) for key, one in found.items()}


def entries_of(rows: Iterable[Any]) -> list[Entry]:
    """Return pieces of publicity with what is out of place about them."""
    placements = list(rows)
    phases = phases_of(
        {one.campaign.project_id for one in placements if one.campaign.project_id is not None}
    )
    found = []
    for one in placements:
        windows = phases.get(one.campaign.project_id, [])
        instead = misplaced(SalesPhase(one.phase), one.starts_on, one.ends_on, windows)
        found.append(Entry(one, instead.value if instead else ""))
    return found


def placements_for(user: Any, project: int | None = None) -> QuerySet[Any]:
    """Return the publicity of the campaigns ``user`` sees that were not stopped."""
    seen = Campaign.objects.visible_to(user).standing()
    if project is not None:
        seen = seen.filter(project=project)
    rows = Placement.objects.filter(campaign__in=seen.order_by().values("pk"))
    return rows.select_related("campaign__project").order_by("starts_on", "pk")


def month_of(rows: QuerySet[Any], *, day: dt.date, today: dt.date) -> Month:
    """Return the month of a day with the publicity that is shown in its weeks."""
    weeks = calendar.Calendar().monthdatescalendar(day.year, day.month)
    start, end = weeks[0][0], weeks[-1][-1]
    entries = entries_of(rows.filter(starts_on__lte=end, ends_on__gte=start))
    drawn = [
        [Day(one, one.month != day.month, one == today, _on(entries, one)) for one in week]
        for week in weeks
    ]
    first = day.replace(day=1)
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    within = [
        one for one in entries if one.placement.starts_on <= last and one.placement.ends_on >= first
    ]
    one_day = dt.timedelta(days=1)
    return Month(first, (first - one_day).replace(day=1), last + one_day, drawn, within)


def _on(entries: list[Entry], day: dt.date) -> list[Entry]:
    return [one for one in entries if one.placement.starts_on <= day <= one.placement.ends_on]


@dataclass(slots=True)
class Cell:
    """What one medium shows in one phase, what it was to cost and what it cost."""

    medium: str
    phase: str
    entries: list[Entry] = field(default_factory=list)
    planned: Decimal = Decimal(0)
    cost: Decimal = Decimal(0)

    @property
    def phase_label(self) -> Any:
        """The words of its phase."""
        return dict(choices.PHASES)[self.phase]

    @property
    def url_query(self) -> str:
        """What opens the cost behind the cell."""
        return f"medium={self.medium}&phase={self.phase}"


@dataclass(frozen=True, slots=True)
class GridRow:
    """A medium with its cells, one for each phase."""

    group: str
    label: Any
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Grid:
    """The publicity matrix: media by phases."""

    phases: list[tuple[str, Any]]
    groups: list[tuple[Any, list[GridRow]]]

    @property
    def cells(self) -> list[Cell]:
        """All cells."""
        return [cell for _label, rows in self.groups for row in rows for cell in row.cells]


def grid_of(rows: QuerySet[Any]) -> Grid:
    """Return the matrix of publicity; the committed cost of each piece comes with it."""
    costs = CostItem.objects.committed().filter(placement=OuterRef("pk")).order_by()
    total = costs.values("placement").annotate(found=Sum("amount")).values("found")
    spent = Coalesce(Subquery(total), Value(Decimal(0)), output_field=MONEY)
    cells: dict[tuple[str, str], Cell] = {}
    for entry in entries_of(rows.annotate(spent=spent)):
        one = entry.placement
        key = (one.medium, one.phase)
        cell = cells.setdefault(key, Cell(*key))
        cell.entries.append(entry)
        cell.planned += one.planned_cost
        cell.cost += one.spent
    phases = [value for value, _label in choices.PHASES]

    def row(group: str, code: str, label: Any) -> GridRow:
        held = [cells.get((code, phase), Cell(code, phase)) for phase in phases]
        return GridRow(group, label, held)

    groups = [
        (group, [row(key, code, label) for code, label in media])
        for key, group, media in choices.MEDIA_GROUPS
    ]
    return Grid(choices.PHASES, groups)
