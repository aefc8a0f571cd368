"""Putting complaints together that are about the same matter: linked pairs, then groups. Pure.

Pairs are linked by what their texts share and by shared facts. Groups grow from the strongest link
by the average over all pairs between two groups, so one chance likeness cannot chain two matters.
The result depends on the input alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Final

from service.groups.rules.text import LONE, Vector

LINKED: Final = 0.07  # average likeness from which two groups of a large collection are one
LINKED_FEW: Final = 0.1  # the same where few texts tell which words are rare
MANY: Final = 300  # texts from which LINKED holds
COHERENT: Final = 0.35  # of the inner likeness of both that the likeness between them must reach
WEAKEST: Final = 0.02  # likeness below this is none
LARGEST: Final = 150
Links = list[dict[int, float]]


def threshold(texts: int) -> float:
    """Return the average likeness that makes one group, by how many texts the words are known from.

    Falls evenly from LINKED_FEW without any texts to LINKED at MANY.
    """
    return LINKED_FEW - (LINKED_FEW - LINKED) * min(texts, MANY) / MANY


def lone_share(texts: int) -> float:
    """Return what a pair that no other text has keeps of its weight, by how many texts there are.

    LONE without any, nothing from MANY on: among few texts one shared word is little.
    """
    return LONE * (1 - min(texts, MANY) / MANY)


def links_of(vectors: Sequence[Vector]) -> Links:
    """Return for each text the likeness to every other one that shares a word with it."""
    standing: dict[str, list[tuple[int, float]]] = defaultdict(list)
    links: Links = [{} for _ in vectors]
    for one, vector in enumerate(vectors):
        shared: dict[int, float] = defaultdict(float)
        for pair, weight in vector.items():
            for other, theirs in standing[pair]:
                shared[other] += weight * theirs
            standing[pair].append((one, weight))
        for other, value in shared.items():
            if value >= WEAKEST:
                links[one][other] = links[other][one] = value
    return links


def add_points(links: Links, points: Mapping[tuple[int, int], float]) -> None:
    """Add what shared facts count to the likeness of pairs, in place."""
    for (one, other), value in points.items():
        links[one][other] = links[other][one] = links[one].get(other, 0.0) + value


class _Growing:
    """Groups while they grow together."""

    def __init__(self, links: Links) -> None:
        self.members = {one: [one] for one in range(len(links))}
        self.between = {one: dict(row) for one, row in enumerate(links)}
        self.within = dict.fromkeys(self.members, 0.0)

    def inner(self, group: int) -> float | None:
        """Return the average likeness inside a group; None for a single text."""
        size = len(self.members[group])
        return self.within[group] / (size * (size - 1) / 2) if size > 1 else None

    def may_join(self, one: int, other: int, value: float) -> bool:
        """Return whether two groups still stand, fit together and stay small enough."""
        if one not in self.members or other not in self.members:
            return False
        if len(self.members[one]) + len(self.members[other]) > LARGEST:
            return False
        inner = [each for each in (self.inner(one), self.inner(other)) if each is not None]
        return not inner or value >= COHERENT * min(inner)

    def join(self, one: int, other: int, new: int) -> Iterable[tuple[int, float]]:
        """Make ``new`` of two groups; return its average likeness to each neighbour."""
        shared = self.between[one].get(other, 0.0)
        self.within[new] = self.within.pop(one) + self.within.pop(other) + shared
        self.members[new] = self.members.pop(one) + self.members.pop(other)
        row: dict[int, float] = {}
        for old in (one, other):
            for neighbour, total in self.between.pop(old).items():
                if neighbour not in (one, other):
                    row[neighbour] = row.get(neighbour, 0.0) + total
        self.between[new] = row
        size = len(self.members[new])
        for neighbour, total in row.items():
            theirs = self.between[neighbour]
            theirs.pop(one, None)
            theirs.pop(other, None)
            theirs[new] = total
        return [(n, total / (size * len(self.members[n]))) for n, total in row.items()]


def grow(links: Links, *, least: float) -> list[list[int]]:
    """Return the groups of two and more, each in ascending order, largest first.

    Two groups become one while the average likeness between them is at least ``least``, reaches
    COHERENT of the looser one's inner likeness, and the result has at most LARGEST members.
    """
    state = _Growing(links)
    heap = [
        (-value, one, other)
        for one, row in enumerate(links)
        for other, value in row.items()
        if one < other and value >= least
    ]
    heapify(heap)
    new = len(links)
    while heap:
        value, one, other = heappop(heap)
        if not state.may_join(one, other, -value):
            continue
        for neighbour, average in state.join(one, other, new):
            if average >= least:
                heappush(heap, (-average, neighbour, new))
        new += 1
    groups = [sorted(group) for group in state.members.values() if len(group) > 1]
    return sorted(groups, key=lambda group: (-len(group), group))


def cluster(vectors: Sequence[Vector]) -> list[list[int]]:
    """Return the groups among texts by their words alone, as positions; see ``grow``."""
    return grow(links_of(vectors), least=threshold(len(vectors)))


def inner_likeness(size: int, within: float) -> float | None:
    """Return the average likeness of two of ``size`` members, None below two.

    ``within`` is the likeness summed over all their pairs.
    """
    return within / (size * (size - 1) / 2) if size > 1 else None


def best_group(
    shared: Mapping[int, float], groups: Mapping[int, tuple[int, float | None]], *, least: float
) -> int | None:
    """Return the group a new text joins, or ``None``.

    ``shared`` is the likeness of the text summed over the members of each group, ``groups`` the
    size and inner likeness of each; same tests as ``grow``, the lowest key of equals.
    """
    best: tuple[float, int] | None = None
    for key, total in shared.items():
        size, inner = groups[key]
        average = total / size
        fits = inner is None or average >= COHERENT * inner
        if average < least or not fits or size >= LARGEST:
            continue
        if best is None or (-average, key) < best:
            best = (-average, key)
    return None if best is None else best[1]
