"""Which of several things to recommend, given what the customer said to earlier ones (CUS-35).

Pure. A score is the sum of its reasons. What the customer liked lifts similar things, what the
customer was not interested in lowers them; what was proposed before is not proposed again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

LIKED: Final = ("liked", "visit")
LIFT: Final = Decimal(10)
DROP: Final = Decimal(20)
MOST: Final = 5
TOP: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that may be recommended; ``reasons`` pair a word with its points."""

    kind: str
    item: str
    title: str
    reasons: tuple[tuple[str, Decimal], ...]
    traits: frozenset[str] = field(default_factory=frozenset)

    @property
    def score(self) -> Decimal:
        """The sum of the reasons, 0 to 100."""
        whole = sum((points for _word, points in self.reasons), Decimal(0))
        return min(max(whole, Decimal(0)), TOP)


@dataclass(frozen=True, slots=True)
class Past:
    """What was recommended before, and the reaction ("" while there is none)."""

    kind: str
    item: str
    reaction: str
    traits: frozenset[str]


def choose(
    candidates: Iterable[Candidate], past: Sequence[Past], *, lift: str, drop: str
) -> list[Candidate]:
    """Return the best new things, at most five of a kind; ``lift`` and ``drop`` name the feedback.

    Ties go by kind and item, so that the same facts give the same list.
    """
    before = {(one.kind, one.item) for one in past}
    fresh = [one for one in candidates if (one.kind, one.item) not in before]
    judged = [_with_feedback(one, past, lift, drop) for one in fresh]
    kept: dict[str, int] = {}
    chosen = []
    for one in sorted(judged, key=lambda each: (-each.score, each.kind, each.item)):
        if one.score <= 0 or kept.get(one.kind, 0) >= MOST:
            continue
        kept[one.kind] = kept.get(one.kind, 0) + 1
        chosen.append(one)
    return chosen


def _with_feedback(one: Candidate, past: Sequence[Past], lift: str, drop: str) -> Candidate:
    alike = [each for each in past if each.traits & one.traits]
    up = LIFT * sum(each.reaction in LIKED for each in alike)
    down = DROP * sum(each.reaction == "rejected" for each in alike)
    more = tuple((word, points) for word, points in ((lift, up), (drop, -down)) if points)
    if not more:
        return one
    return Candidate(one.kind, one.item, one.title, one.reasons + more, one.traits)
