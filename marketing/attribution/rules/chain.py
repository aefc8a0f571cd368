"""Attribution by removal: what fewer contracts there would be without a channel. Pure.

The paths are read as a Markov chain of order 1 with a start and two ends, contract and nothing. The
chance to end in a contract is solved exactly, without simulation: x = (I − Q)⁻¹ r, Q the chances
to go from channel to channel and r those to go to the contract at once.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from marketing.attribution.rules.shares import Floats, Ints, lengths_of, weighed


@dataclass(frozen=True, slots=True)
class Chain:
    """The chance of a contract, what each channel's removal takes of it, what each gets."""

    chance: float
    removal: Floats
    attributed: Floats


def removal(
    channels: Ints, starts: Ints, *, conversions: Floats, nulls: Floats, number: int
) -> Chain:
    """Return the chain over paths of ``number`` channels, numbered from 0.

    ``conversions`` and ``nulls`` say how often each path ended in a contract and in nothing. The
    contracts are shared in proportion to the removal effects; without any, nobody gets anything.
    """
    counts, begun, won = _transitions(channels, starts, conversions, nulls, number)
    leaving = counts.sum(axis=1) + won + _lost(channels, starts, nulls, number)
    with np.errstate(divide="ignore", invalid="ignore"):
        across = np.where(leaving[:, None] > 0, counts / leaving[:, None], 0.0)
        home = np.where(leaving > 0, won / leaving, 0.0)
    first = begun / begun.sum() if begun.sum() > 0 else begun
    chance = float(first @ _solved(across, home))
    effects = np.zeros(number)
    if chance > 0:
        for gone in range(number):
            effects[gone] = 1 - float(first @ _solved(across, home, gone)) / chance
    effects = np.clip(effects, 0.0, 1.0)
    whole = effects.sum()
    attributed = effects / whole * conversions.sum() if whole > 0 else np.zeros(number)
    return Chain(chance=chance, removal=effects, attributed=attributed)


def _transitions(
    channels: Ints, starts: Ints, conversions: Floats, nulls: Floats, number: int
) -> tuple[NDArray[np.float64], Floats, Floats]:
    """Return how often one channel followed another, a path began, and ended in a contract."""
    lengths = lengths_of(starts, len(channels))
    times = conversions + nulls
    is_first = np.zeros(len(channels), dtype=bool)
    is_first[starts] = True
    after = np.flatnonzero(~is_first)
    each = np.repeat(times, lengths)
    pairs = channels[after - 1] * number + channels[after]
    counts = weighed(pairs, each[after], number * number)
    begun = weighed(channels[starts], times, number)
    last = channels[starts + lengths - 1]
    won = weighed(last, conversions, number)
    return counts.reshape(number, number), begun, won


def _lost(channels: Ints, starts: Ints, nulls: Floats, number: int) -> Floats:
    last = channels[starts + lengths_of(starts, len(channels)) - 1]
    return weighed(last, nulls, number)


def _solved(across: NDArray[np.float64], home: Floats, gone: int | None = None) -> Floats:
    """Return the chance of a contract from each channel; one that is ``gone`` leads to nothing."""
    across, home = across.copy(), home.copy()
    if gone is not None:
        across[:, gone] = across[gone, :] = 0.0
        home[gone] = 0.0
    # Channels from which no contract can be reached would make the matrix singular where they only
    # lead to one another; their chance is 0 anyway.
    able = _reaching(across, home)
    found = np.zeros(len(home))
    inner = np.ix_(able, able)
    if able.any():
        found[able] = np.linalg.solve(np.eye(int(able.sum())) - across[inner], home[able])
    return found


def _reaching(across: NDArray[np.float64], home: Floats) -> NDArray[np.bool_]:
    able = home > 0
    while True:
        wider = able | ((across > 0) & able[None, :]).any(axis=1)
        if (wider == able).all():
            return able
        able = wider
