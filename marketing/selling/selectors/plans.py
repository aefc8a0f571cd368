"""Plans beside what was reached; what is planned for any days, for the boards (MKT-53)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm_site.staff.models import User
from marketing.selling.plan_models import SalesPlan, SalesPlanLine
from marketing.selling.rules.plans import (
    NAMES,
    NOTHING,
    Figures,
    Planned,
    gap,
    planned_for,
    share,
    total,
)
from marketing.selling.rules.spans import Grain, Span
from marketing.selling.selectors.actuals import actuals, actuals_of_spans


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a line: planned, reached, in percent (None: nothing was planned)."""

    key: str
    planned: Decimal
    actual: Decimal

    @property
    def share(self) -> Decimal | None:
        """The percentage reached."""
        return share(self.actual, self.planned)


@dataclass(frozen=True, slots=True)
class Row:
    """A consultant, or the project for None, with planned and actual figures."""

    person: User | None
    planned: Figures
    actual: Figures
    is_planned: bool = True

    @property
    def cells(self) -> list[Cell]:
        """The four figures in order."""
        return [Cell(key, getattr(self.planned, key), getattr(self.actual, key)) for key in NAMES]


@dataclass(frozen=True, slots=True)
class PlanTable:
    """A plan with its lines; ``lacks`` is what the lines miss of the project."""

    whole: Row
    rows: list[Row]
    lacks: dict[str, Decimal]


def table_of(plan: SalesPlan, now: datetime) -> PlanTable:
    """Return the plan beside what was reached; who sold without a part has a row too.

    What the rows reached adds up to what the project reached.
    """
    reached = {key[1]: value for key, value in actuals(plan.span, [plan.project_id], now).items()}
    lines = list(plan.lines.select_related("consultant").order_by("consultant__name", "pk"))
    rows = [
        Row(line.consultant, line.figures, reached.pop(line.consultant_id, NOTHING))
        for line in lines
    ]
    others = User.objects.in_bulk(list(reached))
    rows += [
        Row(others[key], NOTHING, value, is_planned=False)
        for key, value in sorted(reached.items(), key=lambda pair: others[pair[0]].name)
    ]
    whole = Row(None, plan.figures, total(row.actual for row in rows))
    return PlanTable(whole, rows, dict(gap(plan.figures, (line.figures for line in lines))))


def with_actuals(plans: Iterable[SalesPlan], now: datetime) -> list[tuple[SalesPlan, Row]]:
    """Return plans with planned and reached figures of their projects; two statements."""
    found = list(plans)
    reached = actuals_of_spans(((plan.span, plan.project_id) for plan in found), now)
    return [
        (plan, Row(None, plan.figures, reached.get((plan.span, plan.project_id), NOTHING)))
        for plan in found
    ]


def planned_by_project(span: Span, now: datetime, projects: Any = None) -> dict[int, Figures]:
    """Return what plans hold for any days, by project; one without a plan is not named.

    Versions count as they were in force at ``now``. ``projects`` are keys or a query of them, None
    for all. One statement. Boards show sales against plan from this (ANA-26).
    """
    rows = _touching(span, now)
    if projects is not None:
        rows = rows.filter(project__in=projects)
    return _planned(span, ((plan.project_id, plan, plan.figures) for plan in rows))


def planned_by_consultant(span: Span, now: datetime, people: Any = None) -> dict[int, Figures]:
    """Return what plans hold for any days, by consultant; all their projects together."""
    rows = SalesPlanLine.objects.filter(plan__in=_touching(span, now).values("pk"))
    if people is not None:
        rows = rows.filter(consultant__in=people)
    lines = (
        ((line.consultant_id, line.plan.project_id), line.plan, line.figures)
        for line in rows.select_related("plan")
    )
    found: dict[int, Figures] = {}
    for (person, _project), figures in _planned(span, lines).items():
        found[person] = found.get(person, NOTHING) + figures
    return found


def _touching(span: Span, now: datetime) -> Any:
    """Return the versions of month and year plans in force at a moment that touch the years."""
    latest = SalesPlan.objects.filter(
        approved_at__lte=now,
        grain__in=[Grain.MONTH.value, Grain.YEAR.value],
        starts_on__gte=date(span.start.year, 1, 1),
        starts_on__lt=span.end,
    )
    newest = latest.order_by("project_id", "grain", "starts_on", "-version")
    return SalesPlan.objects.filter(
        pk__in=newest.distinct("project_id", "grain", "starts_on").values("pk")
    )


def _planned(span: Span, rows: Iterable[tuple[Any, SalesPlan, Figures]]) -> dict[Any, Figures]:
    by_key: defaultdict[Any, dict[str, list[Planned]]] = defaultdict(lambda: defaultdict(list))
    for key, plan, figures in rows:
        by_key[key][plan.grain].append(Planned(plan.span, figures))
    found = {
        key: planned_for(span, grains[Grain.MONTH.value], grains[Grain.YEAR.value])
        for key, grains in by_key.items()
    }
    return {key: value for key, value in found.items() if value is not None}
