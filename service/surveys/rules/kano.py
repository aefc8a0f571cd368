"""The Kano model: what a feature is to customers, from a pair of questions (SVC-58). Pure.

Answers are places 0 to 4: like it, expect it, neutral, live with it, dislike it. The first question
asks how it is with the feature, the second how it is without.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a feature is."""

    MUST_BE = "M"
    ONE_DIMENSIONAL = "O"
    ATTRACTIVE = "A"
    INDIFFERENT = "I"
    REVERSE = "R"
    QUESTIONABLE = "Q"


# rows: with the feature; columns: without it
TABLE: Final = ("QAAAO", "RIIIM", "RIIIM", "RIIIM", "RRRRQ")
ORDER: Final = "MOAIRQ"  # what is done first; also decides between equal counts


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature with its counts by kind; ``better`` and ``worse`` in [0, 1] and [-1, 0]."""

    name: str
    kind: Kind | None
    counts: Mapping[Kind, int]
    n: int
    better: float | None
    worse: float | None


def classify(with_it: int, without_it: int) -> Kind:
    """Return what one pair of answers says, by the standard evaluation table."""
    return Kind(TABLE[with_it][without_it])


def judge(name: str, pairs: Iterable[tuple[int, int]]) -> Feature:
    """Return a feature with its kind: the most frequent one, by ``ORDER`` among equals."""
    found = Counter(classify(*pair) for pair in pairs)
    counts = {kind: found.get(kind, 0) for kind in Kind}
    n = sum(counts.values())
    kind = min(Kind, key=lambda each: (-counts[each], ORDER.index(each))) if n else None
    plain = sum(counts[Kind(each)] for each in "AOMI")
    better = (counts[Kind.ATTRACTIVE] + counts[Kind.ONE_DIMENSIONAL]) / plain if plain else None
    worse = -(counts[Kind.ONE_DIMENSIONAL] + counts[Kind.MUST_BE]) / plain if plain else None
    return Feature(name, kind, counts, n, better, worse)


def by_priority(features: Iterable[Feature]) -> list[Feature]:
    """Return features in the order in which they are worth the work; unanswered ones last."""

    def rank(feature: Feature) -> tuple[int, float, str]:
        place = ORDER.index(feature.kind) if feature.kind else len(ORDER)
        return place, feature.worse or 0.0, feature.name

    return sorted(features, key=rank)
