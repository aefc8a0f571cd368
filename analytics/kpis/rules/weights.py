"""Weighting by grade and tests of change, so that figures do not swing on chance (BEY-10). Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.kpis.kinds import Reading
from analytics.kpis.rules.formulas import quotient, rounded
from service.surveys.rules.figures import Z, bounded

ENOUGH: Final = Decimal("0.8")  # of the customers, by grades that answered
LEAST_MONTHS: Final = 5  # four in order are chance once in twelve times
CHANCE: Final = 0.05
Answers = Mapping[str, tuple[Decimal, int, float | None]]  # sum, number, spread by grade
Ends = tuple[Decimal | None, Decimal | None]


def weighted_mean(answers: Answers, customers: Mapping[str, int]) -> tuple[Decimal | None, Decimal]:
    """Return the mean with each grade weighing as many as its customers, and who is covered.

    ``answers`` are (sum, number, spread) by grade. Grades without answers are left out; the share
    of customers in grades that answered comes second, 0 to 1. None where no grade has both.
    """
    both = _in_both(answers, customers)
    weight = sum(customers[key] for key in both)
    everybody = sum(customers.values())
    if not weight:
        return None, Decimal(0)
    total = sum((answers[key][0] / answers[key][1] * customers[key] for key in both), Decimal(0))
    return quotient(total, weight), Decimal(weight) / Decimal(everybody)


def weighted_interval(
    answers: Answers, customers: Mapping[str, int], *, scale: tuple[float, float]
) -> Ends:
    """Return the 95 % interval of a weighted mean, within the ends of its scale.

    Each grade brings the error of its own mean, times its weight. A grade with one answer could
    have any mean of the scale, so a heavy grade of whom one answered widens the whole.
    """
    both = _in_both(answers, customers)
    weight = sum(customers[key] for key in both)
    if not weight:
        return None, None
    middle, square = 0.0, 0.0
    for key in both:
        top, n, spread = answers[key]
        share, mean = customers[key] / weight, float(top) / n
        low, high = scale if spread is None else bounded(n, mean, spread, scale=scale)
        middle += share * mean
        square += (share * (high - low) / 2) ** 2
    half = math.sqrt(square)
    return rounded(max(scale[0], middle - half)), rounded(min(scale[1], middle + half))


def _in_both(answers: Answers, customers: Mapping[str, int]) -> list[str]:
    return [key for key, each in answers.items() if each[1] and customers.get(key)]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A change in percent of what it was, and whether it can be chance (None: cannot be told)."""

    percent: Decimal | None
    difference: Decimal | None
    is_new: bool
    is_chance: bool | None


def compared(reading: Reading, before: Reading) -> Verdict:
    """Return how a figure changed; "new" where it was zero, never a share of nothing.

    Whether it can be chance is told where both have an interval: the difference against the
    standard errors that the intervals hold, 95 percent.
    """
    value, was = reading.value, before.value
    if value is None or was is None:
        return Verdict(None, None, is_new=False, is_chance=None)
    if not was:
        return Verdict(None, value, is_new=bool(value), is_chance=None)
    percent = ((value - was) * 100 / abs(was)).quantize(Decimal("0.1"))
    chance = _chance(reading, before)
    return Verdict(percent, value - was, is_new=False, is_chance=chance)


def _chance(reading: Reading, before: Reading) -> bool | None:
    errors = [_error(each) for each in (reading, before)]
    if errors[0] is None or errors[1] is None or reading.value is None or before.value is None:
        return None
    width = Z * math.hypot(errors[0], errors[1])
    return float(abs(reading.value - before.value)) <= width


def _error(reading: Reading) -> float | None:
    if reading.low is None or reading.high is None:
        return None
    return float(reading.high - reading.low) / (2 * Z)


def trend(values: Sequence[Decimal | None]) -> int:
    """Return 1 for figures that rose over the months, -1 for figures that fell, 0 for neither.

    Mann and Kendall's test against time, two-sided at 5 %: what may be chance is no trend. Months
    without a figure are left out; fewer than five known ones tell nothing.
    """
    from scipy.stats import kendalltau

    known = [(place, float(value)) for place, value in enumerate(values) if value is not None]
    if len(known) < LEAST_MONTHS or len({value for _place, value in known}) == 1:
        return 0
    found = kendalltau([place for place, _value in known], [value for _place, value in known])
    if found.pvalue >= CHANCE:
        return 0
    return 1 if found.statistic > 0 else -1
