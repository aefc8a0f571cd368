"""The brand over the years: four series and what survey and prices say now (MKT-18)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg
from django.utils import timezone

from crm_site.questionnaires.models import Answer
from crm_site.questionnaires.rules import points
from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User
from customers.models import Project
from customers.pricing.selectors import price_column
from customers.property.models import Unit
from marketing.planning import choices
from marketing.planning.frames import ASKED, BRAND_SURVEY
from marketing.planning.registers import BRAND, COMPETITORS
from marketing.planning.rules.brand import mean_points, price_premium

WIDTH, HEIGHT, EDGE = 640, 220, 34
SHAPES: Final = {"awareness": "a", "loyalty": "b", "association": "c", "premium": "d"}


@dataclass(frozen=True, slots=True)
class Dot:
    """One measure in the picture, by its place in it."""

    x: int
    y: int
    year: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class BrandSeries:
    """One component: its dots, the line through them, and how it was measured each year."""

    key: str
    label: Any
    css: str
    dots: list[Dot]
    notes: list[tuple[int, str, str]]

    @property
    def line(self) -> str:
        """The line through the dots as SVG takes it."""
        return " ".join(f"{dot.x},{dot.y}" for dot in self.dots)


@dataclass(frozen=True, slots=True)
class BrandChart:
    """Four series in one picture, and the same figures as a table."""

    years: list[int]
    ticks: list[tuple[int, int]]
    series: list[BrandSeries]
    table: list[tuple[Any, list[Decimal | None]]]
    zero: int


def brand_chart(user: User) -> BrandChart:
    """Return the measures of all years; of several for one year the one written last counts."""
    rows = RegisterEntry.objects.visible_to(user).of(BRAND).open().order_by("pk")
    kept: dict[str, dict[int, RegisterEntry]] = defaultdict(dict)
    for row in rows:
        kept[str(row.values["component"])][int(Decimal(row.values["year"]))] = row
    years = sorted({year for found in kept.values() for year in found})
    values = [Decimal(row.values["value"]) for found in kept.values() for row in found.values()]
    low = min([*values, Decimal(0)])
    high = max([*values, Decimal(1)])

    def x_of(year: int) -> int:
        steps = max(1, len(years) - 1)
        return EDGE + years.index(year) * (WIDTH - 2 * EDGE) // steps

    def y_of(value: Decimal) -> int:
        return HEIGHT - EDGE - int((value - low) / (high - low) * (HEIGHT - 2 * EDGE))

    series = []
    for key, label in choices.BRAND:
        found = sorted(kept[key].items())
        series.append(
            BrandSeries(
                key,
                label,
                SHAPES[key],
                [
                    Dot(x_of(year), y_of(value), year, value)
                    for year, row in found
                    for value in (Decimal(row.values["value"]),)
                ],
                [(year, row.values["value"], row.values["method"]) for year, row in found],
            )
        )
    table = [(one.label, _by_year(one, years)) for one in series]
    ticks = [(year, x_of(year)) for year in years]
    return BrandChart(years, ticks, series, table, y_of(Decimal(0)))


def _by_year(series: BrandSeries, years: Iterable[int]) -> list[Decimal | None]:
    known = {dot.year: dot.value for dot in series.dots}
    return [known.get(year) for year in years]


def from_survey(year: int) -> dict[str, tuple[Decimal | None, int]]:
    """Return by component the mean of the points of the year's survey, and how many were asked."""
    zone = timezone.get_current_timezone()
    start = datetime(year, 1, 1, tzinfo=zone)
    end = datetime(year + 1, 1, 1, tzinfo=zone)
    rows = Answer.objects.filter(
        sheet__questionnaire__key=BRAND_SURVEY,
        sheet__state="complete",
        sheet__completed_at__gte=start,
        sheet__completed_at__lt=end,
        question__in=ASKED,
    )
    given: Mapping[str, list[Decimal]] = defaultdict(list)
    people: Mapping[str, set[int]] = defaultdict(set)
    for sheet, question, scale, value in rows.values_list("sheet", "question", "scale", "value"):
        worth = points(scale, value)
        if worth is not None:
            given[ASKED[question]].append(worth)
            people[ASKED[question]].add(sheet)
    wanted = dict.fromkeys(ASKED.values())
    return {key: (mean_points(given[key]), len(people[key])) for key in wanted}


def premium_now(user: User, *, now: datetime, days: int) -> tuple[Decimal | None, int]:
    """Return by how many percent our price per m² lies above that of competitors, and of how many.

    Of each competitor that is not out of date the price counts beside the mean list price of the
    project of ours it competes with; None without a pair.
    """
    oldest = (timezone.localdate(now) - timedelta(days=days)).isoformat()
    rows = RegisterEntry.objects.visible_to(user).of(COMPETITORS).open()
    by_code: dict[str, list[Decimal]] = defaultdict(list)
    for values in rows.filter(values__seen_on__gte=oldest).values_list("values", flat=True):
        by_code[str(values["project"])].append(Decimal(values["price"]))
    own = own_prices(by_code, user=user, now=now)
    pairs = [(own[code], prices) for code, prices in by_code.items() if code in own]
    count = sum(len(prices) for _mine, prices in pairs)
    found = [price_premium(own=mine, others=prices) for mine, prices in pairs]
    return mean_points(value for value in found if value is not None), count


def own_prices(codes: Iterable[str], *, user: User, now: datetime) -> dict[str, Decimal]:
    """Return the mean list price per m² in force by code of project, of those ``user`` may see."""
    projects = Project.objects.visible_to(user).filter(code__in=list(codes)).values("pk")
    units = Unit.objects.filter(project__in=projects)
    rows = units.annotate(price=price_column("unit_price", at=now)).filter(price__isnull=False)
    found = rows.order_by().values_list("project__code").annotate(Avg("price"))
    return {code: Decimal(mean) for code, mean in found}


def this_year(now: datetime) -> int:
    """Return the year it is in Beijing."""
    today: date = timezone.localdate(now)
    return today.year
