"""The median length of a relation whose end is not known for most (ANA-10). Pure."""

from collections.abc import Iterable
from decimal import Decimal


def median_days(lives: Iterable[tuple[int, int, int]]) -> Decimal | None:
    """Return the day by which half have left, by the product limit; None when fewer have.

    ``lives`` are (days, how many left after so many, how many are still there after so many).
    """
    rows = sorted(lives)
    at_risk = sum(left + there for _days, left, there in rows)
    share = 1.0
    for days, left, there in rows:
        if at_risk and left:
            share *= 1 - left / at_risk
        if share <= 0.5 + 1e-12:
            return Decimal(days)
        at_risk -= left + there
    return None
