"""From a probability to points, from points to a level, and when a level changes (CUS-99). Pure.

Points are a scale of the calibrated probability on which the two cuts of the policy stand at the
two probabilities of the policy: with 40 and 70 points for 30 % and 60 %, 30 % is 40 points, 60 %
is 70, and what lies between is in proportion. So a cut in points and a cut in probability are the
same cut, whoever asks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.churn.rules.words import Level

NONE, GREEN, YELLOW, RED = range(4)
LEVELS = (Level.NONE.value, Level.GREEN.value, Level.YELLOW.value, Level.RED.value)
PLACE = {name: place for place, name in enumerate(LEVELS)}
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cuts:
    """Where yellow and red begin, in points and as probabilities, and how far below they end."""

    yellow: int = 40
    red: int = 70
    yellow_p: float = 0.30
    red_p: float = 0.60
    slack: int = 10


def points_of(probability: Floats, cuts: Cuts) -> Ints:
    """Return whole points 0 to 100 of probabilities; at a cut's probability exactly the cut."""
    at = (0.0, cuts.yellow_p, cuts.red_p, 1.0)
    found = np.interp(probability, at, (0.0, float(cuts.yellow), float(cuts.red), 100.0))
    # Half a point below a cut is not the cut: points are rounded down.
    return np.floor(found + 1e-9).astype(np.int64)


def levels_of(points: Ints, before: Ints, cuts: Cuts) -> Ints:
    """Return the level by points, given the level of the last run (places in ``LEVELS``).

    A level is entered at its cut and left ``slack`` points below it: 69 to 71 enters red, 71 to 65
    stays red, 59 leaves it.
    """
    plain = np.full(len(points), GREEN, dtype=np.int64)
    plain[points >= cuts.yellow] = YELLOW
    plain[points >= cuts.red] = RED
    held = np.where((before == RED) & (points >= cuts.red - cuts.slack), RED, plain)
    stays = (before >= YELLOW) & (points >= cuts.yellow - cuts.slack)
    return np.where(stays & (held < YELLOW), YELLOW, held)


def shown_levels(wanted: Ints, before: Ints) -> Ints:
    """Return the levels to show before the week of the consultants is looked at.

    Entering red waits for that look: until then the old level stays, a new one is yellow.
    """
    waits = (wanted == RED) & (before != RED)
    return np.where(waits, np.where(before == NONE, YELLOW, before), wanted)
