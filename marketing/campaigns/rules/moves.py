"""The way of money through the budget tree, node by node, so that no step overspends. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal


class NoWayError(ValueError):
    """The two budgets do not belong to one tree, or one lies above the other."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a node gains (positive) or gives (negative), in yuan."""

    node: int
    by: Decimal


def way(
    source: int, target: int, amount: Decimal, parents: Mapping[int, int | None]
) -> list[Change]:
    """Return the changes that take ``amount`` from one budget to another, in a safe order.

    First the source and what lies above it give, from below; then what lies above the target
    receives, from above. What both have in common keeps its amount. Where one of the two lies above
    the other, only the nodes between them change.
    """
    rising, falling = _above(source, parents), _above(target, parents)
    common = next((one for one in rising if one in falling), None)
    if common is None or source == target:
        raise NoWayError
    giving = rising[: rising.index(common)]
    taking = falling[: falling.index(common)]
    down = [Change(one, -amount) for one in giving]
    return [*down, *(Change(one, amount) for one in reversed(taking))]


def _above(node: int, parents: Mapping[int, int | None]) -> Sequence[int]:
    """Return a node and everything above it, from below."""
    found: list[int] = []
    current: int | None = node
    while current is not None:
        if current in found or current not in parents:
            raise NoWayError
        found.append(current)
        current = parents[current]
    return found
