"""Satisfaction over all surveys: by stage, project and month, customers beside staff (SVC-47)."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Avg, Count

from service.surveys.choices import STAGES
from service.surveys.models import SurveyResponse
from service.surveys.policies import SurveyRules
from service.surveys.querysets import CAMPS
from service.surveys.rules.figures import FEW, Nps, improvement_rate, nps, overall
from service.surveys.rules.scales import Camp

MONTHS: Final = 12
CENT: Final = Decimal("0.01")
WIDTH, HEIGHT, STEP = 720, 140, 58


@dataclass(frozen=True, slots=True)
class Cell:
    """A score out of five with its answers and the rows behind it."""

    score: Decimal | None
    n: int
    query: str

    @property
    def is_few(self) -> bool:
        """Whether there are too few answers to rest on."""
        return 0 < self.n < FEW


@dataclass(frozen=True, slots=True)
class Line:
    """A project, or all of them, with a cell for each stage and the overall score."""

    name: Any
    cells: list[Cell]
    overall: Decimal | None


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the chart: means out of ten; of the staff None below the threshold."""

    day: date
    customers: Decimal | None
    n: int
    staff: Decimal | None
    staff_n: int
    x: int
    customer_height: int
    staff_height: int
    nps: Nps | None

    @property
    def nps_x(self) -> int:
        """Where its point lies on the line of the recommendation, from the left."""
        return self.x + 17

    @property
    def nps_y(self) -> int:
        """Where its point lies, from the top: 100 at 15, -100 at 105."""
        return round(60 - (self.nps.value if self.nps else 0) * 0.45)


def stage_table(rows: Any, *, month: date, weights: dict[str, int]) -> list[Line]:
    """Return a line for each project and one for all, the stages out of five.

    A stage is the mean of its ratings, halved from ten; the overall score weighs stages, not
    answers (``rules.figures.overall``).
    """
    found = rows.filter(month_on=month, rating__isnull=False).exclude(stage="")
    grouped = found.order_by().values("project", "project__name", "stage")
    by_project: dict[tuple[str, Any], dict[str, tuple[Decimal, int]]] = defaultdict(dict)
    for row in grouped.annotate(mean=Avg("rating"), n=Count("pk")):
        key = (row["project__name"] or "—", row["project"])
        by_project[key][row["stage"]] = (row["mean"], row["n"])
    everything = {
        row["stage"]: (row["mean"], row["n"])
        for row in found.order_by().values("stage").annotate(mean=Avg("rating"), n=Count("pk"))
    }
    lines = [
        _line(name, means, {"month": month, "project": project or "none"}, weights)
        for (name, project), means in sorted(by_project.items(), key=lambda item: item[0][0])
    ]
    return [*lines, _line("", everything, {"month": month}, weights)]


def _line(
    name: Any, means: dict[str, tuple[Decimal, int]], query: dict[str, Any], weights: dict[str, int]
) -> Line:
    cells = []
    for stage, _words in STAGES:
        mean, n = means.get(stage, (None, 0))
        score = None if mean is None else _cents(mean / 2)
        asked = urlencode({key: str(value) for key, value in query.items()} | {"stage": stage})
        cells.append(Cell(score, n, f"{asked}&rated=true"))
    scores = {
        stage: None if cell.score is None else float(cell.score)
        for (stage, _words), cell in zip(STAGES, cells, strict=True)
    }
    whole = overall(scores, weights)
    return Line(name, cells, None if whole is None else _cents(Decimal(str(whole))))


def month_means(rows: Any, *, first: date) -> dict[date, tuple[Decimal, int]]:
    """Return the mean rating out of ten and the number of answers of each month from ``first``."""
    found = rows.filter(month_on__gte=first, rating__isnull=False).order_by().values("month_on")
    return {
        row["month_on"]: (_cents(row["mean"]), row["n"])
        for row in found.annotate(mean=Avg("rating"), n=Count("pk"))
    }


def month_nps(rows: Any, *, first: date) -> dict[date, Nps | None]:
    """Return the recommendation of each month from ``first``."""
    found = rows.filter(month_on__gte=first, recommends__isnull=False).order_by().values("month_on")
    camps = {key: Count("pk", filter=rule) for key, rule in CAMPS.items()}
    return {
        row["month_on"]: nps(row[Camp.PROMOTER], row[Camp.PASSIVE], row[Camp.DETRACTOR])
        for row in found.annotate(**camps)
    }


def trend(rows: Any, *, month: date, rules: SurveyRules) -> list[Month]:
    """Return twelve months up to ``month``: customers and staff on one chart (SVC-61)."""
    days = [before(month, count) for count in range(MONTHS - 1, -1, -1)]
    customers = month_means(rows.filter(of_staff=False), first=days[0])
    staff = month_means(rows.filter(of_staff=True), first=days[0])
    camps = month_nps(rows.filter(of_staff=False), first=days[0])
    found = []
    for place, day in enumerate(days):
        mean, n = customers.get(day, (None, 0))
        own, own_n = staff.get(day, (None, 0))
        if own_n < rules.staff_least:
            own, own_n = None, 0
        found.append(
            Month(
                *(day, mean, n, own, own_n, place * STEP + 12, _height(mean), _height(own)),
                nps=camps.get(day),
            )
        )
    return found


def change(rows: Any, *, month: date) -> dict[str, Any]:
    """Return this month, the one before, and the rate of improvement (SVC-57)."""
    means = month_means(rows.filter(of_staff=False), first=before(month, 1))
    this, last = means.get(month), means.get(before(month, 1))
    after, earlier = this[0] if this else None, last[0] if last else None
    return {
        "this": after,
        "last": earlier,
        "n": this[1] if this else 0,
        "rate": improvement_rate(earlier, after),
    }


def seen(user: Any) -> Any:
    """Return all answers ``user`` may see."""
    return SurveyResponse.objects.visible_to(user)


def before(month: date, count: int) -> date:
    """Return the first day of the month ``count`` months earlier."""
    number = month.year * 12 + month.month - 1 - count
    return date(number // 12, number % 12 + 1, 1)


def _height(mean: Decimal | None) -> int:
    return int(mean * 10) if mean is not None else 0


def _cents(value: Decimal) -> Decimal:
    return Decimal(value).quantize(CENT, ROUND_HALF_UP)
