"""What a change of level does to the warning of a customer (CUS-99). Pure.

Levels come with the hysteresis of the score: red is entered at its limit and left only well below
it. A warning follows the level and adds one thing: who is back at a level that warns while the
former warning is still being judged gets that one again and no second.
"""

from enum import StrEnum

from analytics.churn.rules.words import Level
from analytics.winback.rules.words import RANK


class Move(StrEnum):
    """What happens to a warning."""

    OPENED = "opened"
    RAISED = "raised"
    LOWERED = "lowered"
    CLOSED = "closed"
    REOPENED = "reopened"


def move_of(
    *, standing: Level | None, after: Level, opens_from: Level, resting: bool = False
) -> Move | None:
    """Return what a level ``after`` does; ``standing`` is the level of the open warning, if any.

    ``resting``: a closed warning of this customer is still being judged. None changes nothing.
    """
    warns = RANK[after] >= RANK[opens_from] and after is not Level.NONE
    if standing is None:
        if not warns:
            return None
        return Move.REOPENED if resting else Move.OPENED
    if not warns:
        return Move.CLOSED
    if RANK[after] == RANK[standing]:
        return None
    return Move.RAISED if RANK[after] > RANK[standing] else Move.LOWERED
