"""CSAT, NPS, means and intervals, the overall score, changes (ANA-13, SVC-47, SVC-57). Pure.

Every interval holds 95 % and lies within its scale, however few answered: the score interval of
Wilson (1927), for means with the effective number of answers of Korn and Graubard (1998); compared
with others by Franco, Little, Louis and Slud (2019), J. Surv. Stat. Methodol. 7, 334-364.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

FEW: Final = 30  # below it a figure is flagged
Z: Final = 1.959963984540054  # 95 percent, two-sided
FIVE: Final = range(1, 6)
SATISFIED_OF_FIVE: Final = 4
TEN: Final = 10
PROMOTERS, DETRACTORS = 9, 6
CENT = Decimal("0.01")
OUT_OF_TEN: Final = (1.0, 10.0)  # the worst and the best
NPS_SCALE: Final = (-100.0, 100.0)
# Student's t, 95 percent two-sided, for 1, 2 ... degrees of freedom; beyond them it is Z.
STUDENT: Final = (
    *(12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622, 2.2281),
    *(2.2010, 2.1788, 2.1604, 2.1448, 2.1314, 2.1199, 2.1098, 2.1009, 2.0930, 2.0860),
    *(2.0796, 2.0739, 2.0687, 2.0639, 2.0595, 2.0555, 2.0518, 2.0484, 2.0452, 2.0423),
)


@dataclass(frozen=True, slots=True)
class Csat:
    """The share of content answers with the Wilson 95 % interval, in percent."""

    n: int
    satisfied: int
    percent: float
    low: float
    high: float

    @property
    def is_few(self) -> bool:
        """Whether there are too few answers to rest on."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class Nps:
    """Promoters minus detractors, -100 to 100, a number and no percentage.

    ``error`` is the standard error; ``low`` and ``high`` are the 95 % interval, which one answer
    does not have.
    """

    n: int
    promoters: int
    passives: int
    detractors: int
    value: float
    error: float
    low: float | None
    high: float | None

    @property
    def is_few(self) -> bool:
        """Whether there are too few answers to rest on."""
        return self.n < FEW


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with its 95 % interval; one answer has no interval."""

    n: int
    mean: float
    low: float | None
    high: float | None

    @property
    def is_few(self) -> bool:
        """Whether there are too few answers to rest on."""
        return self.n < FEW


def wilson(part: int, n: int) -> tuple[float, float]:
    """Return the Wilson 95 % interval of ``part`` of ``n`` in percent; ``n`` is at least 1."""
    low, high = _score(part / n, n)
    return 100 * low, 100 * high


def _score(share: float, n: float) -> tuple[float, float]:
    square = Z * Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)


def bounded(
    n: int, mean: float, deviation: float, *, scale: tuple[float, float]
) -> tuple[float, float]:
    """Return the 95 % interval of a mean on a scale with two ends; ``n`` is at least 2.

    ``deviation`` is that of the sample (n - 1). The answers count as so many as would give the same
    spread if each were one of the two ends; Student's t widens it while there are few. Where all
    answered the same, nothing is known of the spread: then the widest possible one counts.
    """
    worst, best = scale
    width = best - worst
    share, spread = (mean - worst) / width, deviation / width
    share = min(1.0, max(0.0, share))
    effective = float(n)
    if spread > 0 and 0 < share < 1:
        t = STUDENT[n - 2] if n - 2 < len(STUDENT) else Z
        effective = n * share * (1 - share) / (spread * spread) * (Z / t) ** 2
    low, high = _score(share, effective)
    return min(mean, worst + width * low), max(mean, worst + width * high)


def csat(satisfied: int, n: int) -> Csat | None:
    """Return the CSAT of counted answers; None without answers: no data is no zero."""
    if not n:
        return None
    low, high = wilson(satisfied, n)
    return Csat(n, satisfied, 100 * satisfied / n, low, high)


def csat_of_five(answers: Iterable[int | None]) -> Csat | None:
    """Return the CSAT of answers on five steps; what is none of them does not count."""
    valid = [one for one in answers if one in FIVE]
    return csat(sum(one >= SATISFIED_OF_FIVE for one in valid if one is not None), len(valid))


def nps(promoters: int, passives: int, detractors: int) -> Nps | None:
    """Return the NPS of counted answers; None without answers."""
    n = promoters + passives + detractors
    if not n:
        return None
    value = (promoters - detractors) / n
    spread = (promoters + detractors) / n - value * value
    error = 100 * math.sqrt(max(0.0, spread) / n)
    counts = (n, promoters, passives, detractors)
    if n == 1:
        return Nps(*counts, 100 * value, error, None, None)
    deviation = error * math.sqrt(n * n / (n - 1))
    return Nps(*counts, 100 * value, error, *bounded(n, 100 * value, deviation, scale=NPS_SCALE))


def nps_of(answers: Iterable[int | None]) -> Nps | None:
    """Return the NPS of answers from 0 to 10; others do not count."""
    valid = [one for one in answers if one is not None and 0 <= one <= TEN]
    promoters = sum(one >= PROMOTERS for one in valid)
    detractors = sum(one <= DETRACTORS for one in valid)
    return nps(promoters, len(valid) - promoters - detractors, detractors)


def mean_of(n: int, mean: float, deviation: float | None) -> Mean | None:
    """Return a mean out of ten with its interval (``bounded``); None without answers."""
    if not n:
        return None
    if n == 1 or deviation is None:
        return Mean(n, mean, None, None)
    return Mean(n, mean, *bounded(n, mean, deviation, scale=OUT_OF_TEN))


def overall(stages: Mapping[str, float | None], weights: Mapping[str, int]) -> float | None:
    """Return the weighted mean of the stages that have a score; None without any (SVC-47).

    Stages count by their weight, not by how many answered, so that one busy stage does not drown
    the others; with equal weights 4.1, 4.3 and 4.5 give 4.3.
    """
    known = [(score, weights[stage]) for stage, score in stages.items() if score is not None]
    total = sum(weight for _score, weight in known)
    return sum(score * weight for score, weight in known) / total if total else None


def improvement_rate(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Return (this - previous) / previous in percent with two decimals (SVC-57).

    None where either is missing or the previous one is zero.
    """
    if before is None or after is None or not before:
        return None
    return ((after - before) / before * 100).quantize(CENT, ROUND_HALF_UP)


def has_dropped(before: Decimal | None, after: Decimal | None, *, by: Decimal) -> bool:
    """Tell whether a score fell by more than ``by`` (SVC-52)."""
    return before is not None and after is not None and before - after > by


def response_rate(invited: int, answered: int) -> float | None:
    """Return the share of the invited who answered in percent; None while nobody is invited."""
    return 100 * answered / invited if invited else None


def bias_note(rate: float | None, *, low: float = 30.0) -> bool:
    """Tell whether so few answered that those who did may differ from those who did not."""
    return rate is not None and rate < low


def middle(values: Sequence[float]) -> float | None:
    """Return the mean of plain values, None without any."""
    return sum(values) / len(values) if values else None
