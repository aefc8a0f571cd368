"""Whether a customer is of high value: power, willingness and loyalty, all three (CUS-09). Pure.

Whole numbers, 0 to 100 each, so that the nightly SQL agrees with this module to the point.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

BEST: Final = 100
MOST_SPENDING, MOST_INTENT, MOST_PURCHASES, MOST_REFERRALS, MOST_YEARS = 5, 3, 2, 3, 3
# Amounts in fen at which the saturating scale x / (x + half) reaches one half.
HALF_BUDGET: Final = 3_000_000_00
HALF_CONTRIBUTION: Final = 1_000_000_00
YEAR_DAYS: Final = 365
# Parts of each score; each line adds up to 100.
SPENDING, BUDGET, CONTRIBUTION = 40, 30, 30
INTENT, PURCHASES, ACTIVITY = 30, 40, 30
REFERRALS, REPEATED, TENURE = 40, 30, 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueInputs:
    """What is known about one customer; amounts in yuan, ``years`` whole years as a customer."""

    spending_power: int | None = None
    budget: Decimal | None = None
    contribution: Decimal = Decimal(0)
    intent: int | None = None
    purchases: int = 0
    activity: int = 0
    referrals: int = 0
    years: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The lowest score of each test that counts as passed."""

    power: int
    willingness: int
    loyalty: int


@dataclass(frozen=True, slots=True)
class Value:
    """The three scores of one customer, 0 to 100."""

    power: int
    willingness: int
    loyalty: int

    def is_high(self, limits: Limits) -> bool:
        """Return whether all three reach their limit; two of three are not enough (CUS-09)."""
        return (
            self.power >= limits.power
            and self.willingness >= limits.willingness
            and self.loyalty >= limits.loyalty
        )


def value_of(inputs: ValueInputs) -> Value:
    """Return the three scores."""
    power = (
        _capped(inputs.spending_power or 0, MOST_SPENDING, SPENDING)
        + _saturate(inputs.budget or Decimal(0), HALF_BUDGET, BUDGET)
        + _saturate(inputs.contribution, HALF_CONTRIBUTION, CONTRIBUTION)
    )
    willingness = (
        _capped(inputs.intent or 0, MOST_INTENT, INTENT)
        + _capped(inputs.purchases, MOST_PURCHASES, PURCHASES)
        + _capped(inputs.activity, BEST, ACTIVITY)
    )
    loyalty = (
        _capped(inputs.referrals, MOST_REFERRALS, REFERRALS)
        + (REPEATED if inputs.purchases > 1 else 0)
        + _capped(inputs.years, MOST_YEARS, TENURE)
    )
    return Value(power, willingness, loyalty)


def has_drifted(share: float, *, anchor: int, band: int) -> bool:
    """Return whether a share, in per cent, lies more than ``band`` points off its anchor."""
    return abs(share - anchor) > band


def _capped(value: int, most: int, full: int) -> int:
    """Return full × value / most, rounded down, at most ``full``."""
    return full * min(value, most) // most


def _saturate(amount: Decimal, half: int, full: int) -> int:
    fen = max(0, int(amount * 100))
    return full * fen // (fen + half)
