"""How to split a budget over channels by what each answers to it (ANA-55). Pure.

A channel answers to spending x with scale × x^bend, 0 < bend ≤ 1: each further yuan brings less
(bend below 1) or as much (1). The best split gives each channel the same further answer per yuan,
within its limits; found by bisection of that price.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

STEPS: Final = 200
TINY: Final = 1e-9
PRICES: Final = (1e-15, 1e15)


@dataclass(frozen=True, slots=True)
class Response:
    """One channel: its answer to spending and the limits of what may be spent, in yuan."""

    name: str
    scale: float
    bend: float
    low: float = 0.0
    high: float = float("inf")

    def answer(self, spent: float) -> float:
        """Return what ``spent`` brings."""
        return float(self.scale * max(spent, 0.0) ** self.bend)

    def spent_at(self, price: float) -> float:
        """Return what to spend so that one more yuan brings ``price``; within the limits."""
        if self.scale <= 0:
            return self.low
        if self.bend >= 1:
            return self.high if self.scale > price else self.low
        free = (self.scale * self.bend / price) ** (1 / (1 - self.bend))
        return float(min(max(free, self.low), self.high))


@dataclass(frozen=True, slots=True)
class Split:
    """How much for each channel and what it brings."""

    spent: tuple[float, ...]
    answers: tuple[float, ...]

    @property
    def answer(self) -> float:
        """What all of it brings."""
        return sum(self.answers)


def bend_of(spent_a: float, answer_a: float, spent_b: float, answer_b: float) -> float | None:
    """Return the bend that two spendings and their answers show; None where they show none."""
    from math import log

    if min(spent_a, spent_b, answer_a, answer_b) <= 0 or abs(spent_a - spent_b) < TINY:
        return None
    return min(max(log(answer_a / answer_b) / log(spent_a / spent_b), 0.05), 1.0)


def response_of(name: str, spent: float, answer: float, *, bend: float) -> Response:
    """Return the channel that answered ``answer`` to ``spent`` and bends so."""
    return Response(name, answer / spent**bend if spent > 0 else 0.0, bend)


def best_split(total: float, channels: Sequence[Response]) -> Split | None:
    """Return the split of ``total`` that brings most; None where the limits leave no split.

    Where all upper limits together are below ``total``, what is over stays unspent.
    """
    if not channels or total < sum(one.low for one in channels) - TINY:
        return None
    if sum(one.high for one in channels) <= total:
        spent = [one.high for one in channels]
    else:
        spent = _fill(total, channels)
    return Split(
        tuple(spent), tuple(one.answer(each) for one, each in zip(channels, spent, strict=True))
    )


def _fill(total: float, channels: Sequence[Response]) -> list[float]:
    low, high = PRICES
    for _step in range(STEPS):
        price = (low * high) ** 0.5
        if sum(one.spent_at(price) for one in channels) > total:
            low = price
        else:
            high = price
    spent = [one.spent_at(high) for one in channels]
    left = total - sum(spent)
    # Channels that answer evenly jump from one limit to the other at their price: fill them up.
    for place in sorted(range(len(channels)), key=lambda n: -_further(channels[n], spent[n])):
        more = min(left, channels[place].high - spent[place])
        spent[place] += more
        left -= more
    return spent


def _further(channel: Response, spent: float) -> float:
    """Return what one more yuan brings."""
    if channel.bend >= 1:
        return channel.scale
    return float(channel.scale * channel.bend * max(spent, 1.0) ** (channel.bend - 1))
