"""Score, grade and advice of a channel or partner; dependence on one channel. Pure.

Source: MKT-69, MKT-70, MKT-71. The score is Σ weight × mark ÷ Σ weight over what has data, each
mark 0 to 100:

- deals: deals ÷ target; conversion: deals ÷ leads ÷ target; visits: visits ÷ leads ÷ target;
- cost: target ÷ cost per deal (100 for no cost, 0 for cost without a deal);
- satisfaction: as it is, 0 to 100; complaints: 100 less 25 for each.

A is raised, B kept, C kept, D cut.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, TypeVar

T = TypeVar("T")
CENT: Final = Decimal("0.01")
FULL: Final = Decimal(100)
NOTHING: Final = Decimal(0)
FOR_A_COMPLAINT: Final = Decimal(25)
ADVICE: Final = {"A": "raise", "B": "keep", "C": "keep", "D": "cut"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """Weights and what earns full marks; rates in percent, cost in yuan."""

    weights: Mapping[str, int]
    target_conversion: Decimal
    target_visits: Decimal
    target_deals: int
    target_cost: Decimal
    cuts: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a channel or partner brought in a period; amounts in yuan."""

    leads: int = 0
    visits: int = 0
    deals: int = 0
    amount: Decimal = NOTHING
    cost: Decimal = NOTHING
    satisfaction: Decimal | None = None
    complaints: int = 0

    @property
    def conversion(self) -> Decimal | None:
        """Deals of 100 leads; None without leads."""
        return _rate(self.deals, self.leads)

    @property
    def visit_rate(self) -> Decimal | None:
        """Leads of 100 that visited; None without leads."""
        return _rate(self.visits, self.leads)

    @property
    def cost_per_deal(self) -> Decimal | None:
        """Yuan for each deal (CAC); None without a deal."""
        return (self.cost / self.deals).quantize(CENT, ROUND_HALF_UP) if self.deals else None


@dataclass(frozen=True, slots=True)
class Score:
    """A score 0 to 100 with the marks it is made of."""

    value: Decimal
    grade: str
    marks: tuple[tuple[str, Decimal], ...]

    @property
    def advice(self) -> str:
        """What to do with the channel: raise, keep or cut."""
        return ADVICE[self.grade]


def score_of(figures: Figures, rules: Weights) -> Score:
    """Return the score by the formula above; without any weight that counts it is 0."""
    marks = {name: mark for name, mark in _marks(figures, rules).items() if mark is not None}
    weight = sum(rules.weights[name] for name in marks)
    total = sum((mark * rules.weights[name] for name, mark in marks.items()), NOTHING)
    value = (total / weight).quantize(CENT, ROUND_HALF_UP) if weight else NOTHING
    return Score(value, grade_of(value, rules.cuts), tuple(marks.items()))


def grade_of(value: Decimal, cuts: Sequence[int]) -> str:
    """Return A to D by the cuts, the highest first."""
    for letter, cut in zip("ABC", cuts, strict=True):
        if value >= cut:
            return letter
    return "D"


def _marks(figures: Figures, rules: Weights) -> dict[str, Decimal | None]:
    return {
        "deals": _part(Decimal(figures.deals), Decimal(rules.target_deals)),
        "conversion": _of(figures.conversion, rules.target_conversion),
        "visits": _of(figures.visit_rate, rules.target_visits),
        "cost": _cost_mark(figures, rules.target_cost),
        "satisfaction": figures.satisfaction,
        "complaints": max(NOTHING, FULL - FOR_A_COMPLAINT * figures.complaints),
    }


def _cost_mark(figures: Figures, target: Decimal) -> Decimal | None:
    if not figures.cost:
        return FULL if figures.deals else None
    each = figures.cost_per_deal
    return _part(target, each) if each else NOTHING


def _of(value: Decimal | None, target: Decimal) -> Decimal | None:
    return None if value is None else _part(value, target)


def _part(value: Decimal, target: Decimal) -> Decimal:
    return min(FULL, value * FULL / target) if target > 0 else FULL


def _rate(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) * FULL / whole).quantize(CENT, ROUND_HALF_UP) if whole else None


def ranked(scores: Iterable[tuple[str, Score, T]]) -> list[tuple[str, Score, T]]:
    """Return the rows from best to worst; equal scores stand in the order of their names."""
    return sorted(scores, key=lambda row: (-row[1].value, row[0]))


def depends_on(deals: Mapping[str, int], *, limit: Decimal) -> tuple[str, Decimal] | None:
    """Return the channel that brings more than ``limit`` percent of the deals, with its share."""
    total = sum(deals.values())
    if not total:
        return None
    name, most = min(deals.items(), key=lambda item: (-item[1], item[0]))
    share = Decimal(most) * FULL / total
    return (name, share.quantize(CENT, ROUND_HALF_UP)) if share > limit else None


def quarter_of(day: dt.date) -> dt.date:
    """Return the first day of the quarter of ``day``."""
    return dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_before(first: dt.date) -> dt.date:
    """Return the first day of the quarter before the one that begins on ``first``."""
    return quarter_of(first - dt.timedelta(days=1))


def quarter_after(first: dt.date) -> dt.date:
    """Return the first day of the quarter after the one that begins on ``first``."""
    return quarter_of(first + dt.timedelta(days=100))
