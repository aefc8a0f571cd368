"""How a path's one whole is shared among its touches, for many paths at once. Pure.

Paths lie one after the other in flat arrays: ``starts`` holds where each begins, in order; no path
is empty.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from marketing.attribution.rules.kinds import Model

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

UNITS: Final = 1_000_000_000  # a whole, in the units in which shares are kept
ENDS: Final = 0.4  # what first and last touch each get by position; the rest is for those between


def weights_of(
    model: Model, starts: Ints, *, ages: Floats, weights: Floats, half_life: float = 1.0
) -> Floats:
    """Return what each touch counts for, before it is made a share.

    ``ages`` is how long before the deal a touch was, in the unit of ``half_life``; ``weights`` is
    how much it counts beside others of its path; first, last and position look at the place only,
    and position weighs those between first and last.
    """
    lengths = lengths_of(starts, len(weights))
    match model:
        case Model.FIRST:
            return _marked(starts, len(weights))
        case Model.LAST:
            return _marked(starts + lengths - 1, len(weights))
        case Model.LINEAR:
            return weights
        case Model.TIME_DECAY:
            # Only the ratio counts: seen from the youngest of its path no touch falls to nothing
            # because the whole path is old.
            youngest = np.repeat(np.minimum.reduceat(ages, starts), lengths)
            decayed: Floats = weights * np.exp2((youngest - ages) / half_life)
            return decayed
        case Model.POSITION:
            return _by_position(starts, lengths, weights)
        case _:
            raise ValueError(f"{model} is not told by the path alone")


def spread(counted: Floats, starts: Ints) -> Floats:
    """Return what touches count for as shares that add up to 1 in each path."""
    lengths = lengths_of(starts, len(counted))
    shares: Floats = counted / np.repeat(np.add.reduceat(counted, starts), lengths)
    return shares


def apportioned(shares: Floats, starts: Ints, *, whole: int = UNITS) -> Ints:
    """Return shares as whole units that add up to ``whole`` in each path exactly.

    What rounding down leaves goes to the largest remainders, of equal ones to the earlier.
    """
    lengths = lengths_of(starts, len(shares))
    exact = shares * whole
    units: Ints = np.floor(exact).astype(np.int64)
    left = whole - np.add.reduceat(units, starts)
    path = np.repeat(np.arange(len(starts)), lengths)
    order = np.lexsort((np.arange(len(shares)), units - exact, path))
    place = np.arange(len(shares)) - np.repeat(starts, lengths)
    # Binary fractions can leave more than one unit a touch, or ask one back.
    every, some = np.divmod(left, lengths)
    units[order] += np.repeat(every, lengths) + (place < np.repeat(some, lengths))
    return units


def lengths_of(starts: Ints, total: int) -> Ints:
    """Return how many touches each path has."""
    return np.diff(np.append(starts, total))


def weighed(places: Ints, weights: Floats, number: int) -> Floats:
    """Return the sum of the weights at each of ``number`` places."""
    return np.bincount(places, weights=weights, minlength=number).astype(np.float64, copy=False)


def _marked(where: Ints, total: int) -> Floats:
    found = np.zeros(total)
    found[where] = 1.0
    return found


def _by_position(starts: Ints, lengths: Ints, weights: Floats) -> Floats:
    """Return 40-20-40; of one touch all, of two the halves."""
    ends = starts + lengths - 1
    between: Any = weights.copy()
    between[starts] = 0.0
    between[ends] = 0.0
    whole = np.repeat(np.add.reduceat(between, starts), lengths)
    found: Floats = np.divide(
        between * (1 - 2 * ENDS), whole, out=np.zeros(len(weights)), where=whole > 0
    )
    found[starts] += ENDS
    found[ends] += ENDS
    return found
