"""Boosted trees as plain arrays, with our own evaluation: nothing is ever unpickled.

Each column becomes a code per row: the number of split points below the value, or the place of the
level. A tree is then one look-up per column it uses: the code says which of its leaves can still be
reached, the leaf is what all columns leave. That is the same answer as walking down each tree, in
a few passes over the rows.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.scoring.rules.tables import CATEGORY, Floats, Ints, Kind, Table, codes_of

MOST_LEAVES = 63
ROWS_AT_ONCE = 16_384  # what the processor holds close by
Masks = NDArray[Any]
# Up to how many leaves, as which numbers, and a divisor by which their powers of two differ.
WIDTHS: tuple[tuple[int, Any, int], ...] = (
    (7, np.uint8, 256),
    (32, np.uint32, 37),
    (MOST_LEAVES, np.uint64, 67),
)


@dataclass(frozen=True)
class Input:
    """One column of the trees; a number carries its split points, a category its levels."""

    column: str
    kind: Kind
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tree:
    """Nodes from the root (place 0) down; a leaf has ``left`` -1.

    A row goes left when its number is at most ``at``, when its level is in ``levels_left``, or when
    it is missing and ``missing_left`` says so. ``value`` is what a node's rows got on average.
    """

    input: tuple[int, ...]
    at: tuple[float, ...]
    levels_left: tuple[tuple[int, ...], ...]
    missing_left: tuple[bool, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    value: tuple[float, ...]

    def __post_init__(self) -> None:
        size = len(self.value)
        if not size or any(len(one) != size for one in (self.input, self.at, self.left)):
            raise ValueError("tree")
        for node, (left, right) in enumerate(zip(self.left, self.right, strict=True)):
            if left >= 0 and not (node < left < size and node < right < size):
                raise ValueError("a tree must lead down")
        if len(self.leaves) > MOST_LEAVES:
            raise ValueError("too many leaves")

    @property
    def leaves(self) -> list[int]:
        """Return the places of the leaves."""
        return [node for node, left in enumerate(self.left) if left < 0]


@dataclass(frozen=True)
class Lookup:
    """A tree ready for rows: per input the leaves each code leaves open, and what leaves give."""

    divisor: int
    masks: dict[int, Masks]
    values: Floats
    shares: Floats

    def leaf(self, codes: list[Ints]) -> NDArray[Any]:
        """Return the place of the leaf of each row."""
        mask: Masks | None = None
        for place, still_open in self.masks.items():
            part = still_open.take(codes[place], mode="clip")
            mask = part if mask is None else np.bitwise_and(mask, part, out=mask)
        if mask is None:
            return np.ones(len(codes[0]) if codes else 0, dtype=np.intp)
        if self.divisor == 256:
            return mask.astype(np.intp)
        return (mask % mask.dtype.type(self.divisor)).astype(np.intp)


@dataclass(frozen=True)
class BoostedModel:
    """A start value and trees that add to it."""

    start: float
    inputs: tuple[Input, ...]
    trees: tuple[Tree, ...]

    def logits(self, table: Table) -> Floats:
        """Return the log odds of each row."""
        found = np.full(table.rows, self.start)
        for part, codes in self._parts(table):
            for lookup in self._lookups:
                found[part] += lookup.values.take(lookup.leaf(codes), mode="clip")
        return found

    def effects(self, table: Table, blocks: Mapping[str, str]) -> dict[str, Floats]:
        """Return what the splits on the columns of each block add on the way down each tree."""
        names = sorted({blocks[one.column] for one in self.inputs})
        shares = self._shares(tuple(names.index(blocks[one.column]) for one in self.inputs))
        found = np.zeros((table.rows, len(names)))
        for part, codes in self._parts(table):
            for lookup, share in zip(self._lookups, shares, strict=True):
                found[part] += share.take(lookup.leaf(codes), axis=0, mode="clip")
        return {name: found[:, place] for place, name in enumerate(names)}

    def _parts(self, table: Table) -> Iterator[tuple[slice, list[Ints]]]:
        for start in range(0, table.rows, ROWS_AT_ONCE):
            part = slice(start, min(start + ROWS_AT_ONCE, table.rows))
            yield part, self.codes(table.slice(part.start, part.stop))

    def _shares(self, block_of: tuple[int, ...]) -> list[Floats]:
        """Return per tree what each block adds on the way to each leaf."""
        fold = np.zeros((len(self.inputs), max(block_of, default=-1) + 1))
        fold[np.arange(len(self.inputs)), block_of] = 1.0
        return [lookup.shares @ fold for lookup in self._lookups]

    def codes(self, table: Table) -> list[Ints]:
        """Return the code of each row in each input; the last code means missing."""
        return [self._codes(place, table) for place in range(len(self.inputs))]

    def _codes(self, place: int, table: Table) -> Ints:
        one, missing = self.inputs[place], self._sizes[place] - 1
        if one.kind == CATEGORY:
            codes = codes_of(table.texts(one.column), one.levels)
            return np.where(codes < 0, missing, codes)
        numbers = table.numbers(one.column)
        codes = np.searchsorted(self._points[place], numbers, side="left")
        return np.where(np.isnan(numbers), missing, codes)

    @cached_property
    def _points(self) -> list[Floats]:
        found: list[set[float]] = [set() for _ in self.inputs]
        for tree in self.trees:
            for node, left in enumerate(tree.left):
                if left >= 0:
                    found[tree.input[node]].add(tree.at[node])
        return [np.array(sorted(points)) for points in found]

    @cached_property
    def _sizes(self) -> list[int]:
        return [
            (len(one.levels) if one.kind == CATEGORY else len(points) + 1) + 1
            for one, points in zip(self.inputs, self._points, strict=True)
        ]

    @cached_property
    def _lookups(self) -> list[Lookup]:
        return [self._lookup(tree) for tree in self.trees]

    def _lookup(self, tree: Tree) -> Lookup:
        leaves = tree.leaves
        order = {leaf: bit for bit, leaf in enumerate(leaves)}
        below = _below(tree, order)
        width, divisor = next(
            (dtype, divisor) for most, dtype, divisor in WIDTHS if len(leaves) <= most
        )
        everything = width(sum(1 << bit for bit in order.values()))
        masks: dict[int, Masks] = {}
        for node, left in enumerate(tree.left):
            if left < 0:
                continue
            place = tree.input[node]
            mask = masks.setdefault(place, np.full(self._sizes[place], everything))
            goes_left = self._goes_left(tree, node)
            mask &= np.where(goes_left, ~width(below[tree.right[node]]), ~width(below[left]))
        values = np.zeros(divisor)
        shares = np.zeros((divisor, len(self.inputs)))
        for leaf, bit in order.items():
            values[(1 << bit) % divisor] = tree.value[leaf]
        for (place, leaf), share in _shares(tree).items():
            shares[(1 << order[leaf]) % divisor, place] = share
        return Lookup(divisor, masks, values, shares)

    def _goes_left(self, tree: Tree, node: int) -> NDArray[np.bool_]:
        place = tree.input[node]
        codes = np.arange(self._sizes[place])
        if self.inputs[place].kind == CATEGORY:
            found = np.isin(codes, tree.levels_left[node])
        else:
            found = codes <= np.searchsorted(self._points[place], tree.at[node])
        found[-1] = tree.missing_left[node]
        return found

    def as_json(self) -> dict[str, Any]:
        """Return what is stored."""
        return {
            "model": "boosted",
            "start": self.start,
            "inputs": [[one.column, one.kind, list(one.levels)] for one in self.inputs],
            "trees": [
                [
                    list(tree.input),
                    list(tree.at),
                    [list(levels) for levels in tree.levels_left],
                    [int(one) for one in tree.missing_left],
                    list(tree.left),
                    list(tree.right),
                    list(tree.value),
                ]
                for tree in self.trees
            ],
        }


def _below(tree: Tree, order: dict[int, int]) -> list[int]:
    found = [0] * len(tree.value)
    for node in reversed(range(len(tree.value))):
        left = tree.left[node]
        found[node] = 1 << order[node] if left < 0 else found[left] | found[tree.right[node]]
    return found


def _shares(tree: Tree) -> dict[tuple[int, int], float]:
    """Return for each input and leaf what the splits on that input added on the way."""
    ways: list[dict[int, float]] = [{} for _ in tree.value]
    found: dict[tuple[int, int], float] = {}
    for node, left in enumerate(tree.left):
        if left < 0:
            found |= {(place, node): share for place, share in ways[node].items()}
            continue
        place = tree.input[node]
        for child in (left, tree.right[node]):
            way = dict(ways[node])
            way[place] = way.get(place, 0.0) + tree.value[child] - tree.value[node]
            ways[child] = way
    return found


def boosted_from_json(data: dict[str, Any]) -> BoostedModel:
    """Return the model of what is stored; KeyError, TypeError or ValueError when it is broken."""
    inputs = tuple(
        Input(str(column), kind, tuple(map(str, levels))) for column, kind, levels in data["inputs"]
    )
    trees = tuple(_tree(one) for one in data["trees"])
    for tree in trees:
        if any(not 0 <= place < len(inputs) for place in tree.input):
            raise ValueError("a tree names an unknown input")
    return BoostedModel(float(data["start"]), inputs, trees)


def _tree(data: list[Any]) -> Tree:
    places, at, levels, missing, left, right, value = data
    return Tree(
        tuple(map(int, places)),
        tuple(map(float, at)),
        tuple(tuple(map(int, one)) for one in levels),
        tuple(map(bool, missing)),
        tuple(map(int, left)),
        tuple(map(int, right)),
        tuple(map(float, value)),
    )
