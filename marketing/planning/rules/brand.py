"""Figures of the brand (MKT-18). Pure."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

TENTH = Decimal("0.1")


def price_premium(*, own: Decimal | None, others: Iterable[Decimal]) -> Decimal | None:
    """Return by how many percent the own price per m² lies above the mean of the others.

    None without an own price or without one to compare with; negative: below them.
    """
    prices = [price for price in others if price > 0]
    if own is None or own <= 0 or not prices:
        return None
    mean = sum(prices, Decimal(0)) / len(prices)
    return ((own - mean) / mean * 100).quantize(TENTH, ROUND_HALF_UP)


def mean_points(points: Iterable[Decimal]) -> Decimal | None:
    """Return the mean of points from 0 to 100, None without any."""
    found = list(points)
    if not found:
        return None
    return (sum(found, Decimal(0)) / len(found)).quantize(TENTH, ROUND_HALF_UP)
