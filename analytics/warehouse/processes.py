"""Whole processes across departments: lead time, and who had it how long (ANA-34)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, FloatField, Sum
from django.db.models.functions import Cast

from analytics.kpis.kinds import Asking
from analytics.kpis.process_kpis import PROCESSES, Process
from analytics.kpis.sources import PercentileCont, rows_of
from analytics.warehouse.rules.processes import Taken, by_department, shares
from crm_site.staff.models import User
from service.tickets.choices import DEPARTMENTS

WORDS = dict(DEPARTMENTS)
SHOWN = 50


@dataclass(frozen=True, slots=True)
class Share:
    """The time of a part or a department: mean of a case in its unit, percent of the whole."""

    label: Any
    department: Any
    mean: Decimal | None
    percent: Decimal | None


@dataclass(frozen=True, slots=True)
class LeadTime:
    """A process in a period: finished cases, median, 90 % mark, and who had the time."""

    process: Process
    cases: int
    median: float | None
    slow: float | None
    mean: Decimal | None
    parts: Sequence[Share]
    departments: Sequence[Share]


@dataclass(frozen=True, slots=True)
class Case:
    """One finished row: what its columns print, the time of each part and of all of it."""

    cells: Sequence[Any]
    url: str
    parts: Sequence[Decimal]
    whole: Decimal


@dataclass(frozen=True, slots=True)
class Cases:
    """One page of the rows of a process; ``after`` asks for the next."""

    lines: Sequence[Case]
    count: int
    after: int | None


def processes_for(user: User) -> list[Process]:
    """Return the processes whose rows ``user`` may see."""
    return [process for process in PROCESSES.values() if user.has_perm(process.right)]


def lead_time(process: Process, asking: Asking) -> LeadTime:
    """Return a process as the rows of a place and period give it, in one query."""
    rows = process.with_parts(rows_of(process.source, asking)).order_by()
    numbers = range(len(process.parts))
    found = rows.aggregate(
        cases=Count("pk"),
        median=PercentileCont("whole", share=0.5),
        slow=PercentileCont("whole", share=0.9),
        **{f"sum_{number}": Sum(Cast(f"part_{number}", FloatField())) for number in numbers},
    )
    cases = found["cases"]
    taken = [
        Taken(part.key, part.department, Decimal(repr(found[f"sum_{number}"] or 0.0)))
        for number, part in enumerate(process.parts)
    ]
    whole = sum((part.seconds for part in taken), Decimal(0))
    per_case = Decimal(process.seconds) * cases
    return LeadTime(
        process=process,
        cases=cases,
        median=found["median"] / process.seconds if cases else None,
        slow=found["slow"] / process.seconds if cases else None,
        mean=whole / per_case if cases else None,
        parts=[
            Share(
                part.label,
                WORDS[part.department],
                each.seconds / per_case if cases else None,
                percent,
            )
            for part, each, percent in zip(
                process.parts, taken, shares([each.seconds for each in taken]), strict=True
            )
        ],
        departments=_departments(taken, per_case),
    )


def cases(process: Process, asking: Asking, *, after: int | None) -> Cases:
    """Return one page of the finished rows, newest first, with the time of each part."""
    rows = rows_of(process.source, asking)
    count = rows.count()
    page = process.with_parts(rows).select_related(*process.source.related).order_by("-pk")
    if after is not None:
        page = page.filter(pk__lt=after)
    found = list(page[: SHOWN + 1])
    lines = [_case(process, row) for row in found[:SHOWN]]
    return Cases(lines, count, found[SHOWN - 1].pk if len(found) > SHOWN else None)


def _case(process: Process, row: Any) -> Case:
    seconds = Decimal(process.seconds)
    parts = [
        Decimal(getattr(row, f"part_{number}")) / seconds for number in range(len(process.parts))
    ]
    cells = [column.show(row) for column in process.source.columns]
    return Case(cells, process.source.url(row), parts, Decimal(row.whole) / seconds)


def _departments(taken: list[Taken], per_case: Decimal) -> list[Share]:
    found = by_department(taken)
    percents = shares([seconds for _department, seconds in found])
    return [
        Share(WORDS[department], None, seconds / per_case if per_case else None, percent)
        for (department, seconds), percent in zip(found, percents, strict=True)
    ]
