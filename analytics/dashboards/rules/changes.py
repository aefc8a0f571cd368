"""How a figure moved against another period (ui B7): zero before is "new", never 0 % or ∞. Pure."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

HUNDRED: Final = Decimal(100)
TENTH: Final = Decimal("0.1")
POINT_UNITS: Final = frozenset({"percent", "points"})


class Move(StrEnum):
    """Which way a figure went."""

    UNKNOWN = "unknown"
    NEW = "new"
    SAME = "same"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Change:
    """A move and by how much, without sign, rounded to a tenth.

    In points where the figure itself is a share or a mark, else in per cent of what was before.
    ``is_good`` is None where nothing moved, nothing is known or ``is_chance``: the intervals of
    both figures say that nothing need have changed (BEY-10).
    """

    move: Move
    amount: Decimal | None = None
    in_points: bool = False
    is_good: bool | None = None
    is_chance: bool = False


def change(now: Decimal | None, before: Decimal | None, *, unit: str, good: str) -> Change:
    """Return how a figure of ``unit`` moved; ``good`` is "up" or "down"."""
    if now is None or before is None:
        return Change(Move.UNKNOWN)
    if now == before:
        return Change(Move.SAME, Decimal(0), unit in POINT_UNITS)
    is_good = (now > before) == (good == "up")
    if before == 0:
        return Change(Move.NEW, is_good=is_good)
    move = Move.UP if now > before else Move.DOWN
    if unit in POINT_UNITS:
        return Change(move, _tenth(abs(now - before)), in_points=True, is_good=is_good)
    return Change(move, _tenth(abs(now - before) * HUNDRED / abs(before)), is_good=is_good)


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(TENTH, ROUND_HALF_UP)
