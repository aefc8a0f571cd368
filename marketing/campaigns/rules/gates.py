"""What holds a campaign up: points of the checks that are not met (MKT-04, MKT-19). Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

YES: Final = "yes"
NO: Final = "no"


@dataclass(frozen=True, slots=True)
class Check:
    """A filled-in check: the points it asks, in order, and what was answered to each."""

    points: Sequence[tuple[str, str]]  # key, words
    answers: Mapping[str, str]


def refused_points(check: Check) -> list[str]:
    """Return the words of the points answered with "no" (executability)."""
    return [words for key, words in check.points if check.answers.get(key) == NO]


def unticked_points(check: Check) -> list[str]:
    """Return the words of the points that are not answered with "yes" (principles)."""
    return [words for key, words in check.points if check.answers.get(key) != YES]


def joined(points: Iterable[str]) -> str:
    """Return points as one sentence part."""
    return "; ".join(points)
