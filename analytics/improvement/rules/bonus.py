"""The bonus fund of customer management: share, floor, division (ANA-36). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

FULL = Decimal(100)
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Fund:
    """What was computed: in percent of total pay, before and after the floor, and in yuan."""

    factor: Decimal
    computed: Decimal
    share: Decimal
    pool: Decimal
    is_below: bool


def fund(
    total_pay: Decimal,
    shares: list[Decimal],
    *,
    base: Decimal,
    floor: Decimal,
    low: Decimal,
    high: Decimal,
) -> Fund:
    """Return the fund: ``base`` percent of pay times the mean attainment of CAE, CSAT and CLV.

    The factor stays between ``low`` and ``high`` percent; without any figure it is 100. A
    computation below the floor is flagged, and the floor counts.
    """
    known = sum(shares, Decimal(0)) / len(shares) if shares else FULL
    factor = min(max(known, low), high).quantize(CENT, ROUND_HALF_UP)
    computed = (base * factor / FULL).quantize(CENT, ROUND_HALF_UP)
    share = max(computed, floor)
    pool = (total_pay * share / FULL).quantize(CENT, ROUND_HALF_UP)
    return Fund(factor, computed, share, pool, computed < floor)


def divide(pool: Decimal, points: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Return each one's part of the pool by points, in cents that add up to the pool exactly.

    Cents that rounding leaves go to the largest remainders; nobody without points gets any.
    """
    total = sum(points.values(), Decimal(0))
    if total <= 0:
        return {}
    exact = {key: pool * value / total for key, value in points.items()}
    parts = {key: value.quantize(CENT, ROUND_DOWN) for key, value in exact.items()}
    left = int((pool - sum(parts.values(), Decimal(0))) / CENT)
    order = sorted(exact, key=lambda key: (parts[key] - exact[key], key))
    for key in order[:left]:
        parts[key] += CENT
    return parts
