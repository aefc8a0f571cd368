"""What other parts do when scores change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


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


FollowUp = Callable[[Sequence[ScoreChange], datetime], None]

_follow_ups: dict[str, FollowUp] = {}


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
