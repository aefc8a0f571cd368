"""Weighting by grade and tests of change, so that figures do not swing on chance (BEY-10). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analytics.kpis.kinds import Reading
from analytics.kpis.rules.formulas import quotient
from service.surveys.rules.figures import Z

ENOUGH: Final = Decimal("0.8")  # of the customers, by grades that answered
CHANGES: Final = 3  # months in a row that make a trend


def weighted_mean(
    answers: Mapping[str, tuple[Decimal, int]], customers: Mapping[str, int]
) -> tuple[Decimal | None, Decimal]:
    """Return the mean with each grade weighing as many as its customers, and who is covered.

    ``answers`` are (sum, number) by grade. Grades without answers are left out; the share of
    customers in grades that answered comes second, 0 to 1. None where no grade has both.
    """
    both = [key for key, (_sum, n) in answers.items() if n and customers.get(key)]
    weight = sum(customers[key] for key in both)
    everybody = sum(customers.values())
    if not weight:
        return None, Decimal(0)
    total = sum((answers[key][0] / answers[key][1] * customers[key] for key in both), Decimal(0))
    return quotient(total, weight), Decimal(weight) / Decimal(everybody)


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
    percent = (value - was) * 100 / abs(was)
    return Verdict(
        percent.quantize(Decimal("0.1")),
        value - was,
        is_new=False,
        is_chance=_chance(reading, before),
    )


def _chance(reading: Reading, before: Reading) -> bool | None:
    errors = [_error(each) for each in (reading, before)]
    if errors[0] is None or errors[1] is None or reading.value is None or before.value is None:
        return None
    width = Z * (errors[0] ** 2 + errors[1] ** 2) ** 0.5
    return float(abs(reading.value - before.value)) <= width


def _error(reading: Reading) -> float | None:
    if reading.low is None or reading.high is None:
        return None
    return float(reading.high - reading.low) / (2 * Z)


def trend(values: list[Decimal | None]) -> int:
    """Return 1 for figures that rose, -1 for figures that fell, month by month, at the end; else 0.

    At least three steps in one direction count (a sign that is chance one time in four counts not).
    """
    tail = values[-(CHANGES + 1) :]
    if len(tail) <= CHANGES or any(value is None for value in tail):
        return 0
    known = [value for value in tail if value is not None]
    pairs = list(zip(known, known[1:], strict=False))
    if all(late > early for early, late in pairs):
        return 1
    return -1 if all(late < early for early, late in pairs) else 0
