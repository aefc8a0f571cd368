"""Whether two groups were treated alike, as far as chance lets anybody say (BEY-13). Pure."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from statistics import fmean, variance
from typing import Final

from crm_site.common.proportions import Share, compare

LEAST: Final = 30  # of each group; with fewer nothing is said
EVEN: Final = 0.05  # two-sided
Tally = tuple[int, int]  # how many counted, of how many


class Finding(StrEnum):
    """What can be said of a group beside the others."""

    FEW = "few"
    ALIKE = "alike"
    WORSE = "worse"
    BETTER = "better"


@dataclass(frozen=True, slots=True)
class Difference:
    """The group less the others, in percentage points, with its 95 % interval."""

    finding: Finding
    points: float | None = None
    low: float | None = None
    high: float | None = None


def of_shares(group: Tally, others: Tally) -> Difference:
    """Return how a share of the group differs from that of the others; higher is better.

    The interval is Newcombe's (1998, method 10); with fewer than 30 on a side nothing is said.
    """
    if min(group[1], others[1]) < LEAST:
        return Difference(Finding.FEW)
    found = compare(Share(*others), Share(*group))
    low, high = found.newcombe
    return Difference(_finding(low, high), 100 * found.difference, 100 * low, 100 * high)


def of_means(group: Sequence[float], others: Sequence[float]) -> Difference:
    """Return how the mean of the group differs from that of the others (Welch); higher is better.

    With fewer than 30 on a side nothing is said.
    """
    from scipy.stats import t

    if min(len(group), len(others)) < LEAST:
        return Difference(Finding.FEW)
    points = fmean(group) - fmean(others)
    errors = [variance(side) / len(side) for side in (group, others)]
    half = 0.0
    if any(errors):
        freedom = sum(errors) ** 2 / sum(
            error**2 / (len(side) - 1) for error, side in zip(errors, (group, others), strict=True)
        )
        half = float(t.ppf(1 - EVEN / 2, freedom)) * math.sqrt(sum(errors))
    return Difference(_finding(points - half, points + half), points, points - half, points + half)


def _finding(low: float, high: float) -> Finding:
    if low > 0:
        return Finding.BETTER
    return Finding.WORSE if high < 0 else Finding.ALIKE


@dataclass(frozen=True, slots=True)
class Offer:
    """A contract: what alike homes share, the buyer's grade, percent off the list price."""

    alike: int
    grade: str
    off: Decimal


@dataclass(frozen=True, slots=True)
class Spread:
    """The contracts of alike homes: how many, the least and the most off the list."""

    alike: int
    n: int
    least: Decimal
    most: Decimal

    @property
    def width(self) -> Decimal:
        """Return by how many points the offers lie apart."""
        return self.most - self.least


def groups_of(offers: Sequence[Offer]) -> Mapping[int, list[Offer]]:
    """Return the contracts by what alike homes share, only where there are two to compare."""
    found: dict[int, list[Offer]] = {}
    for offer in offers:
        found.setdefault(offer.alike, []).append(offer)
    return {alike: group for alike, group in found.items() if len(group) > 1}


def spreads(offers: Sequence[Offer]) -> list[Spread]:
    """Return how far the offers of alike homes lie apart, the widest first."""
    found = [
        Spread(alike, len(group), min(one.off for one in group), max(one.off for one in group))
        for alike, group in groups_of(offers).items()
    ]
    return sorted(found, key=lambda spread: (-spread.width, spread.alike))


def beside_alike(offers: Sequence[Offer], grades: Sequence[str]) -> Difference:
    """Return whether buyers of some grades got as much off as the others on alike homes.

    Each offer is held against the mean of its alike homes, so that a home that sells badly does
    not count as kindness to whoever bought it.
    """
    group: list[float] = []
    others: list[float] = []
    for alike in groups_of(offers).values():
        mean = sum((one.off for one in alike), Decimal(0)) / len(alike)
        for one in alike:
            if one.grade:
                (group if one.grade in grades else others).append(float(one.off - mean))
    return of_means(group, others)
