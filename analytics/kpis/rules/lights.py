"""Whether a figure reaches its target, each in its own direction. Pure.

"Less than 5" is strict and "at least 15" is not: 5.0 misses the one, 15.0 reaches the other. The
exact fraction is compared where it is known, so that rounding never reaches a target.
"""

from decimal import Decimal
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import Final

from analytics.kpis.kinds import Goal, Reading, Target

COMPARE: Final = {"lt": lt, "le": le, "ge": ge, "gt": gt}
LOW_IS_GOOD: Final = ("lt", "le")


class Light(StrEnum):
    """How a figure stands against its target."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"
    NONE = "none"


def reaches(value: Decimal, goal: Goal) -> bool:
    """Return whether a value reaches a goal."""
    return bool(COMPARE[goal.comparison](value, goal.value))


def light_of(reading: Reading, target: Target | None) -> Light:
    """Return green where the target is reached, amber where it is missed by little, else red.

    Without a target or without data there is no light.
    """
    if target is None or reading.value is None:
        return Light.NONE
    goal = target.goal
    value = exact(reading)
    if reaches(value, goal):
        return Light.GREEN
    return Light.AMBER if goal.amber and near(value, goal) else Light.RED


def near(value: Decimal, goal: Goal) -> bool:
    """Return whether a value misses a goal by no more than the goal's margin."""
    if goal.comparison in LOW_IS_GOOD:
        return value <= goal.value + goal.amber
    return value >= goal.value - goal.amber


def exact(reading: Reading) -> Decimal:
    """Return the value without rounding where top and bottom give it, else the value."""
    value = reading.value or Decimal(0)
    if not reading.top or not reading.bottom:
        return value
    for factor in (Decimal(1), Decimal(100)):
        full = reading.top * factor / reading.bottom
        if abs(full - value) <= Decimal("0.0001"):
            return full
    return value


def progress(reading: Reading, target: Target | None) -> int | None:
    """Return how much of a target is reached, 0 to 100, for a bar; None without either."""
    if target is None or reading.value is None or not target.goal.value:
        return None
    value, goal = reading.value, target.goal
    if goal.comparison in LOW_IS_GOOD:
        if value <= goal.value:
            return 100
        return max(0, int(goal.value * 100 / value))
    return max(0, min(100, int(value * 100 / goal.value)))
