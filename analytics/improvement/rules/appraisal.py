"""The score of an appraisal: figures and judgement, weights by post (ANA-35). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from analytics.reviews.rules.attained import attainment

CENT = Decimal("0.01")
FULL = Decimal(100)


class Dimension(StrEnum):
    """What everybody is measured by."""

    ACQUISITION = "acquisition"
    RETENTION = "retention"
    SATISFACTION = "satisfaction"
    VALUE = "value"


# dimension -> the KPI that measures it
KPIS: Mapping[str, str] = {
    Dimension.ACQUISITION: "conversion_rate",
    Dimension.RETENTION: "churn_rate",
    Dimension.SATISFACTION: "csat",
    Dimension.VALUE: "clv",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One dimension of an appraisal as it was frozen, with the mark somebody gave."""

    weight: int
    value: Decimal | None
    goal: Decimal | None
    good: str
    mark: Decimal | None

    @property
    def share(self) -> Decimal | None:
        """Return how much of the goal the frozen figure reaches."""
        return attainment(self.value, self.goal, self.good)


@dataclass(frozen=True, slots=True)
class Scores:
    """What an appraisal gives: from figures, from judgement, together; None is no data."""

    quantitative: Decimal | None
    qualitative: Decimal | None
    total: Decimal | None


def scores(parts: Iterable[Part], quantity: int) -> Scores:
    """Return the scores of frozen parts; ``quantity`` is the percentage of the figures.

    A dimension without a figure leaves its weight to the others. Without any figure the judgement
    counts alone; without a mark in every weighted dimension there is no total.
    """
    found = list(parts)
    figures = _weighted((one.weight, one.share) for one in found)
    weighted = [one for one in found if one.weight]
    marked = all(one.mark is not None for one in weighted)
    marks = _weighted((one.weight, one.mark) for one in found) if marked else None
    if marks is None:
        return Scores(figures, None, None)
    if figures is None:
        return Scores(None, marks, marks)
    total = (figures * quantity + marks * (FULL - quantity)) / FULL
    return Scores(figures, marks, total.quantize(CENT, ROUND_HALF_UP))


def _weighted(pairs: Iterable[tuple[int, Decimal | None]]) -> Decimal | None:
    total, weights = Decimal(0), 0
    for weight, value in pairs:
        if value is not None:
            total, weights = total + weight * value, weights + weight
    return (total / weights).quantize(CENT, ROUND_HALF_UP) if weights else None


class Advice(StrEnum):
    """What an appraisal history speaks for (ANA-39)."""

    PROMOTE = "promote"
    MOVE = "move"
    NONE = "none"


def advice(totals: list[Decimal], *, periods: int, above: int, below: int) -> Advice:
    """Return what the latest ``periods`` totals, newest first, speak for.

    All at or above ``above`` speak for promotion, all under ``below`` for another post.
    """
    latest = totals[:periods]
    if len(latest) < periods:
        return Advice.NONE
    if all(one >= above for one in latest):
        return Advice.PROMOTE
    return Advice.MOVE if all(one < below for one in latest) else Advice.NONE
