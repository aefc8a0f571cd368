"""The cycle of an improvement item: plan, do, check, act (ANA-59), and its order (ANA-68). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class Stage(StrEnum):
    """Where an item stands."""

    PLAN = "plan"
    DO = "do"
    CHECK = "check"
    ACT = "act"
    CLOSED = "closed"
    DROPPED = "dropped"


BOARD = (Stage.PLAN, Stage.DO, Stage.CHECK, Stage.ACT)
NEXT = {
    Stage.PLAN: Stage.DO,
    Stage.DO: Stage.CHECK,
    Stage.CHECK: Stage.ACT,
    Stage.ACT: Stage.CLOSED,
}
MEASURED = (Stage.CHECK, Stage.ACT, Stage.CLOSED)
# price, delivery and service first, then the rest
THEMES = ("price", "delivery", "service", "other")


class Decision(StrEnum):
    """What follows from the check."""

    STANDARD = "standard"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody brings to take an item one stage further."""

    words: str = ""
    measured: Decimal | None = None
    decision: str = ""
    order_reason: str = ""


def lacking(stage: str, step: Step, *, earlier_wait: bool) -> list[str]:
    """Return the fields that a step out of ``stage`` lacks; nothing for one that may be taken.

    An item does not enter the check without a measured result. It does not start before items of
    an earlier theme unless a reason is given.
    """
    found = [] if step.words.strip() else ["words"]
    if stage == Stage.PLAN and earlier_wait and not step.order_reason.strip():
        found.append("order_reason")
    if stage == Stage.DO and step.measured is None:
        found.append("measured")
    if stage == Stage.ACT and step.decision not in set(Decision):
        found.append("decision")
    return found


def comes_before(theme: str, others: Iterable[str]) -> bool:
    """Return whether any of the other themes goes before this one."""
    own = THEMES.index(theme)
    return any(THEMES.index(one) < own for one in others)


def reached(baseline: Decimal, goal: Decimal, measured: Decimal | None) -> bool | None:
    """Return whether the measured result reaches the goal, seen from the baseline; None without."""
    if measured is None:
        return None
    return measured >= goal if goal >= baseline else measured <= goal
