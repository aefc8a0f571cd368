"""Which steps a flow takes next, and whether its steps make sense (MKT-38). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class StepKind(StrEnum):
    """What a step is."""

    WAIT = "wait"
    CONDITION = "condition"
    MESSAGE = "message"
    TASK = "task"


class Fault(StrEnum):
    """Why a flow cannot be switched on."""

    EMPTY = "empty"
    NO_ACTION = "no_action"
    WAITS_LAST = "waits_last"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a customer when a condition is asked."""

    has_visited: bool
    has_signed: bool
    is_in_same_stage: bool
    has_owner: bool


ACTIONS = (StepKind.MESSAGE, StepKind.TASK)


def faults_of(steps: Sequence[tuple[int, StepKind]]) -> list[Fault]:
    """Return what is wrong with steps given as (position, kind), in order."""
    if not steps:
        return [Fault.EMPTY]
    kinds = [kind for _position, kind in steps]
    found = []
    if [position for position, _kind in steps] != list(range(1, len(steps) + 1)):
        found.append(Fault.GAP)
    if not any(kind in ACTIONS for kind in kinds):
        found.append(Fault.NO_ACTION)
    elif kinds[-1] not in ACTIONS:
        found.append(Fault.WAITS_LAST)
    return found


def holds(condition: str, facts: Facts) -> bool:
    """Return whether a condition holds; raise KeyError for one nobody knows."""
    return {
        "visited": facts.has_visited,
        "not_visited": not facts.has_visited,
        "not_signed": not facts.has_signed,
        "same_stage": facts.is_in_same_stage,
        "has_owner": facts.has_owner,
    }[condition]


def birthdays_on(day: date) -> list[tuple[int, int]]:
    """Return the (month, day) kept on ``day``; 29 February on the 28th where there is none."""
    kept = [(day.month, day.day)]
    is_last = (day + timedelta(days=1)).month == 3
    return [*kept, (2, 29)] if is_last and day.day == 28 else kept
