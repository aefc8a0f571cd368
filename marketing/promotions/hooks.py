"""What other parts give to promotions: the segments coupons can go to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSource:
    """Segments to choose from, and their customers as a queryset limited to what a user sees.

    ``members`` returns None for a key it does not know or that is not for this user's eyes.
    """

    choices: Callable[[Any], Sequence[tuple[int, str]]]
    members: Callable[[Any, int], Any]


_sources: dict[str, SegmentSource] = {}


def register_segments(name: str, source: SegmentSource) -> None:
    """Offer segments for coupons; registering again replaces."""
    _sources[name] = source


def segments_for(user: Any) -> list[tuple[int, str]]:
    """Return the segments ``user`` can choose."""
    return [one for source in _sources.values() for one in source.choices(user)]


def members_of(user: Any, key: int) -> Any:
    """Return the customers of a segment that ``user`` sees, None where there is no such segment."""
    for source in _sources.values():
        found = source.members(user, key)
        if found is not None:
            return found
    return None


def forget_segments(name: str) -> None:
    """Take a source out again."""
    _sources.pop(name, None)
