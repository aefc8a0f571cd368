"""What other parts do when scores change, and whose scores are kept from those who act on them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ScoreChange:
    """One customer's level before and after a run, as text (none, green, yellow, red).

    ``blocks`` maps a business block to its share of the logit; empty when the score was taken
    away. Every customer whose level changed is told; one whose level stayed is not.
    """

    customer_id: int
    before: str
    after: str
    probability: float
    blocks: Mapping[str, float] = field(default_factory=dict)
    points: int = 0
    stage: str = ""


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """Customers left alone on purpose, so that the effect of work on the others can be measured.

    ``rows`` returns a queryset whose rows have a ``customer``. Only who holds ``right`` sees their
    scores: what everybody saw would be acted on, and the group would be no control.
    """

    rows: Callable[[], Any]
    right: str


FollowUp = Callable[[Sequence[ScoreChange], datetime], None]

_follow_ups: dict[str, FollowUp] = {}
_left_alone: list[LeftAlone] = []


def register_follow_up(name: str, run: FollowUp) -> None:
    """Let ``run`` act after every chunk of scores, in its transaction; again replaces it.

    It is called with the changes of levels of the chunk, in the order of customer ids, and may be
    called in several workers at once, never twice for the same change.
    """
    _follow_ups[name] = run


def forget_follow_up(name: str) -> None:
    """Take a follow-up out again."""
    _follow_ups.pop(name, None)


def follow_changes(changes: Sequence[ScoreChange], now: datetime) -> None:
    """Run what follows the changes of one chunk."""
    if not changes:
        return
    for run in list(_follow_ups.values()):
        run(changes, now)


def register_left_alone(which: LeftAlone) -> None:
    """Keep the scores of these customers from who may not see them; again replaces it."""
    _left_alone[:] = [which]


def left_alone() -> LeftAlone | None:
    """Return who is left alone, None where nobody measures that."""
    return _left_alone[0] if _left_alone else None
