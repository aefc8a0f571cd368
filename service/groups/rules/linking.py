"""Which facts complaints share, when they make an alert, and what a decision stands for. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final


class Fact(StrEnum):
    """Something two complaints can have in common beside their words."""

    STACK = "stack"  # same entrance and column: one pipe, one shaft
    BUILDING = "building"
    CONTRACTOR = "contractor"
    CAUSE = "cause"
    PROMISE = "promise"  # something said to buyers, in the same words
    CATEGORY = "category"


class SuggestionState(StrEnum):
    GROWING = "growing"  # fewer than the policy asks for
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


# Shares of the likeness that makes one group; the same building and the same cause suffice.
POINTS: Final[Mapping[Fact, float]] = {
    Fact.STACK: 0.6,  # beside the building
    Fact.BUILDING: 0.5,
    Fact.CONTRACTOR: 0.3,  # of homes in different buildings: one building has the same firms
    Fact.CAUSE: 0.5,
    Fact.PROMISE: 4.0,  # the matter itself, however alike the words of others are
    Fact.CATEGORY: 0.5,
}
GROWN: Final = 2  # times the rejected size at which a group is suggested again


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one complaint beside its words; keys of rows, names of firms."""

    at: datetime
    building: int | None = None
    stack: tuple[int, str, str] | None = None
    cause: int | None = None
    category: int | None = None
    contractors: frozenset[str] = frozenset()
    promise: str = ""


def shared_facts(one: Facts, other: Facts, *, within: timedelta) -> list[Fact]:
    """Return what two complaints of at most ``within`` apart share, in the order of Fact."""
    if abs(one.at - other.at) > within:
        return []
    same = {
        Fact.STACK: one.stack is not None and one.stack == other.stack,
        Fact.BUILDING: one.building is not None and one.building == other.building,
        Fact.CONTRACTOR: bool(one.contractors & other.contractors),
        Fact.CAUSE: one.cause is not None and one.cause == other.cause,
        Fact.PROMISE: bool(one.promise) and one.promise == other.promise,
        Fact.CATEGORY: one.category is not None and one.category == other.category,
    }
    return [fact for fact in Fact if same[fact]]


def points(shared: Collection[Fact], *, least: float) -> float:
    """Return what shared facts add to the likeness of two texts, ``least`` being one group's.

    The same building implies the same firms, so the contractor adds nothing beside it.
    """
    implied = {Fact.CONTRACTOR} if Fact.BUILDING in shared else set()
    return least * sum(POINTS[fact] for fact in {*shared} - implied)


def burst(moments: Sequence[datetime], *, within: timedelta) -> int:
    """Return the most complaints that came within a time of this length (SVC-36)."""
    times = sorted(moments)
    most = start = 0
    for end, moment in enumerate(times):
        while moment - times[start] > within:
            start += 1
        most = max(most, end - start + 1)
    return most


def next_state(state: str, *, size: int, decided: int, most: int, needed: int) -> SuggestionState:
    """Return how a suggestion stands after its members changed.

    An undecided one opens once ``most`` complaints of one period reach ``needed``; a rejected one
    opens again only when it has GROWN times the members it had then (``decided``).
    """
    if state == SuggestionState.ACCEPTED:
        return SuggestionState.ACCEPTED
    if state == SuggestionState.REJECTED:
        return SuggestionState.OPEN if size >= GROWN * decided else SuggestionState.REJECTED
    return SuggestionState.OPEN if most >= needed else SuggestionState.GROWING


def same_groups(
    old: Mapping[int, Collection[int]], new: Sequence[Collection[int]]
) -> dict[int, int]:
    """Return for positions in ``new`` the key of the old group they carry on.

    The pair that shares most members comes first; each is used once.
    """
    of = {member: key for key, members in old.items() for member in members}
    shared: dict[tuple[int, int], int] = {}
    for place, members in enumerate(new):
        for member in members:
            if member in of:
                shared[place, of[member]] = shared.get((place, of[member]), 0) + 1
    found: dict[int, int] = {}
    for (place, key), _count in sorted(shared.items(), key=lambda each: (-each[1], each[0])):
        if place not in found and key not in found.values():
            found[place] = key
    return found
