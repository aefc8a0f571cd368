"""Touches of many buyers as paths, and each model's shares by channel and campaign. Pure.

A pair is a channel with a campaign, told by its number; ``channel_of`` gives the channel's number
of each pair.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from marketing.attribution.rules.chain import Chain, removal
from marketing.attribution.rules.kinds import HEURISTICS, Model
from marketing.attribution.rules.shares import (
    Floats,
    Ints,
    apportioned,
    spread,
    weighed,
    weights_of,
)

DAY: Final = 86_400_000.0  # in milliseconds


@dataclass(frozen=True, slots=True)
class Paths:
    """Touches in order, path after path; ``keys`` names the paths, ``ages`` are in days."""

    keys: Ints
    starts: Ints
    pairs: Ints
    ages: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class Shares:
    """Whole units by path and pair under one model; those of a path add up to one whole."""

    model: Model
    paths: Ints
    pairs: Ints
    units: Ints


def in_order(path: Ints, age: Ints, touch: Ints, pair: Ints, weight: Ints) -> Paths:
    """Return touches as paths: oldest first, of the same moment the one known first.

    Ages are given in milliseconds, weights in thousandths.
    """
    order = np.lexsort((touch, -age, path))
    sorted_paths = path[order]
    keys, starts = np.unique(sorted_paths, return_index=True)
    return Paths(
        keys=keys,
        starts=starts.astype(np.int64),
        pairs=pair[order],
        ages=age[order] / DAY,
        weights=weight[order] / 1000.0,
    )


def chain_of(won: Paths, lost: Paths, channel_of: Ints) -> Chain:
    """Return the chain over the paths that ended in a contract and those that did not so far."""
    number = int(channel_of.max()) + 1 if len(channel_of) else 0
    return removal(
        channel_of[np.concatenate([won.pairs, lost.pairs])],
        np.concatenate([won.starts, lost.starts + len(won.pairs)]),
        conversions=np.concatenate([np.ones(len(won.keys)), np.zeros(len(lost.keys))]),
        nulls=np.concatenate([np.zeros(len(won.keys)), np.ones(len(lost.keys))]),
        number=number,
    )


def shares_of(
    paths: Paths, *, half_life: float, removal: Floats, channel_of: Ints
) -> Iterator[Shares]:
    """Yield the shares of each model that looks at the touches before the contract.

    Markov removal shares a contract among the channels of its own path, in proportion to what
    their removal costs all contracts together.
    """
    if not len(paths.pairs):
        return
    lengths = np.diff(np.append(paths.starts, len(paths.pairs)))
    place = np.repeat(np.arange(len(paths.keys)), lengths)
    groups = _Groups.of(place, paths.pairs)
    for model in HEURISTICS:
        counted = weights_of(
            model, paths.starts, ages=paths.ages, weights=paths.weights, half_life=half_life
        )
        yield groups.shares(model, paths, spread(counted, paths.starts))
    counted = _by_removal(place, channel_of[paths.pairs], removal)
    empty = np.add.reduceat(counted, paths.starts) <= 0
    counted = np.where(np.repeat(empty, lengths), paths.weights, counted)
    yield groups.shares(Model.MARKOV, paths, spread(counted, paths.starts))


def _by_removal(place: Ints, channels: Ints, removal: Floats) -> Floats:
    """Return what each touch counts for: its channel's effect, split among its touches there."""
    number = len(removal)
    _keys, inverse, times = np.unique(
        place * number + channels, return_inverse=True, return_counts=True
    )
    counted: Floats = removal[channels] / times[inverse]
    return counted


@dataclass(frozen=True, slots=True)
class _Groups:
    """Which touches are of the same path and pair."""

    paths: Ints
    pairs: Ints
    of_touch: Ints

    @classmethod
    def of(cls, place: Ints, pairs: Ints) -> "_Groups":
        number = int(pairs.max()) + 1
        keys, inverse = np.unique(place * number + pairs, return_inverse=True)
        return cls(keys // number, keys % number, inverse.astype(np.int64))

    def shares(self, model: Model, paths: Paths, by_touch: Floats) -> Shares:
        """Return shares by touch as units by path and pair, those of nothing left out."""
        by_pair = weighed(self.of_touch, by_touch, len(self.paths))
        starts = np.flatnonzero(np.diff(self.paths, prepend=-1)).astype(np.int64)
        units = apportioned(by_pair, starts)
        held = units > 0
        return Shares(model, paths.keys[self.paths[held]], self.pairs[held], units[held])
