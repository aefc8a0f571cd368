"""What a campaign brought: conversion, retention, satisfaction, return, waste (MKT-76). Pure.

No data is None, never 0: a share of nobody, a return on no cost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

ALL: Final = Decimal(100)
CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What is counted of one campaign or one channel; money in yuan."""

    leads: int = 0
    qualified: int = 0
    visits: int = 0
    deals: int = 0
    revenue: Decimal = Decimal(0)
    gained: int = 0
    kept: int = 0
    cost: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ChannelCost:
    """What was spent on a channel and how many qualified leads it brought."""

    cost: Decimal
    qualified: int


def share(part: int, whole: int) -> Decimal | None:
    """Return ``part`` of ``whole`` in percent, two decimals."""
    return None if whole == 0 else rounded(ALL * part / whole)


def conversion(counts: Counts) -> Decimal | None:
    """Return the leads that ended in a contract, in percent."""
    return share(counts.deals, counts.leads)


def retention(counts: Counts) -> Decimal | None:
    """Return the customers gained who are still customers, in percent."""
    return share(counts.kept, counts.gained)


def cost_per(counts: Counts, number: int) -> Decimal | None:
    """Return what one of ``number`` cost, in yuan."""
    return None if number == 0 or counts.cost == 0 else rounded(counts.cost / number)


def return_on_cost(counts: Counts, *, margin: Decimal) -> Decimal | None:
    """Return (margin of the contracts - cost) / cost in percent; ``margin`` is in percent."""
    if counts.cost == 0:
        return None
    gain = counts.revenue * margin / ALL
    return rounded(ALL * (gain - counts.cost) / counts.cost)


def wasted(channels: Mapping[str, ChannelCost]) -> Decimal:
    """Return the cost of the channels that brought no qualified lead; "" is cost of no channel.

    Cost of no channel is wasted only where the whole campaign brought no qualified lead.
    """
    any_lead = any(one.qualified for one in channels.values())
    return sum(
        (
            one.cost
            for code, one in channels.items()
            if one.qualified == 0 and (code or not any_lead)
        ),
        Decimal(0),
    )


def rounded(value: Decimal) -> Decimal:
    """Return a figure with two decimals, halves away from zero."""
    return value.quantize(CENT, ROUND_HALF_UP)
