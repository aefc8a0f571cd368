"""The formulas of the KPIs (ANA-03 to ANA-22). Pure.

``None`` says that there is no data; it is never the same as zero. Percentages are in percent.
"""

import math
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from analytics.kpis.kinds import Reading
from service.surveys.rules.figures import STUDENT, Z, bounded, wilson

FEW: Final = 30  # below it a share or a mean is flagged
PLACES: Final = Decimal("0.0001")
HUNDRED: Final = Decimal(100)


def rounded(value: Decimal | float | None) -> Decimal | None:
    """Return a figure with four decimals, as it is kept; None stays None."""
    if value is None:
        return None
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact.quantize(PLACES, ROUND_HALF_UP)


def rate(part: Decimal | int | None, whole: Decimal | int | None) -> Decimal | None:
    """Return ``part`` of ``whole`` in percent; None without a whole."""
    if part is None or not whole:
        return None
    return rounded(Decimal(part) * HUNDRED / Decimal(whole))


def quotient(top: Decimal | int | None, bottom: Decimal | int | None) -> Decimal | None:
    """Return ``top`` for each of ``bottom``; None where either is missing or nothing divides."""
    if top is None or not bottom:
        return None
    return rounded(Decimal(top) / Decimal(bottom))


def complement(percent: Decimal | None) -> Decimal | None:
    """Return what is left of 100 percent: retention is 1 - churn on the same base (ANA-07)."""
    return None if percent is None else HUNDRED - percent


def note_of(n: int) -> str:
    """Return the word for a figure that rests on too few rows."""
    return "few" if n < FEW else ""


def share(top: Decimal, n: int) -> Reading:
    """Return a share in percent with its interval; no data without rows."""
    if not n:
        return Reading(None, top, Decimal(0), 0, note="no_data")
    low, high = wilson(int(top), n)
    return Reading(rate(top, n), top, Decimal(n), n, rounded(low), rounded(high), note=note_of(n))


def total(top: Decimal, n: int) -> Reading:
    """Return a count or a sum; nothing counted is a true zero."""
    return Reading(rounded(top), top, Decimal(1), n)


def mean(
    top: Decimal, n: int, spread: float | None, *, scale: tuple[float, float] | None
) -> Reading:
    """Return a mean with its 95 % interval, within the ends of its scale; no data without rows."""
    if not n:
        return Reading(None, top, Decimal(0), 0, note="no_data")
    value = quotient(top, n)
    low, high = interval(float(top) / n, n, spread, scale=scale)
    return Reading(value, top, Decimal(n), n, rounded(low), rounded(high), note=note_of(n))


def interval(
    middle: float, n: int, spread: float | None, *, scale: tuple[float, float] | None
) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a mean; one row has none.

    On a scale with two ends it is that of the surveys and stays within them, else Student's.
    """
    if n < 2 or spread is None:
        return None, None
    if scale is not None:
        return bounded(n, middle, spread, scale=scale)
    t = STUDENT[n - 2] if n - 2 < len(STUDENT) else Z
    half = t * spread / math.sqrt(n)
    return middle - half, middle + half


def percentile(value: float | None, top: Decimal, n: int) -> Reading:
    """Return a percentile of rows; no data without rows."""
    if not n or value is None:
        return Reading(None, top, Decimal(0), 0, note="no_data")
    return Reading(rounded(value), top, Decimal(n), n, note=note_of(n))


def per_unit(top: Decimal | None, bottom: Decimal | int | None, n: int) -> Reading:
    """Return a cost or a gain for each customer; None where there is none of either."""
    value = quotient(top, bottom)
    whole = None if bottom is None else Decimal(bottom)
    return Reading(value, top, whole, n, note="" if value is not None else "no_data")


def acquisition_cost(
    marketing: Decimal | None, sales: Decimal | None, customers: int
) -> Decimal | None:
    """Return the cost of one new customer in yuan (ANA-04); None without cost or customers."""
    if marketing is None and sales is None:
        return None
    return quotient((marketing or Decimal(0)) + (sales or Decimal(0)), customers)


def return_on(margin: Decimal | None, cost: Decimal | None) -> Decimal | None:
    """Return (margin - cost) / cost in percent (ANA-22); None without cost."""
    if margin is None or not cost:
        return None
    return rate(margin - cost, cost)


def per_month(quarterly: Decimal) -> Decimal:
    """Return the monthly rate that compounds to a quarterly one; both as shares of 1."""
    return Decimal(1) - Decimal(repr(float(1 - quarterly) ** (1 / 3)))


def per_year(quarterly: Decimal) -> Decimal:
    """Return the yearly rate that a quarterly one compounds to; both as shares of 1."""
    return Decimal(1) - (1 - quarterly) ** 4


def lifetime_value(margin: Decimal, *, retention: Decimal, discount: Decimal) -> Decimal | None:
    """Return margin * r / (1 + i - r): what a customer is still worth (Gupta and Lehmann).

    ``margin`` is a period's yuan, ``retention`` and ``discount`` are shares of 1 for that period;
    None where everybody stays for ever and nothing is discounted.
    """
    rest = 1 + discount - retention
    return rounded(margin * retention / rest) if rest > 0 else None


def change(value: Decimal | None, before: Decimal | None) -> Decimal | None:
    """Return the change in percent of what it was; None where it was nothing or is not known."""
    if value is None or not before:
        return None
    return rounded((value - before) * HUNDRED / abs(before))


def is_new(value: Decimal | None, before: Decimal | None) -> bool:
    """Return whether something stands where nothing was: shown as "new", never as infinite."""
    return bool(value) and before is not None and before == 0
