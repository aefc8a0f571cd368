"""Crises: who has to be named at which level, what closing needs, how words go out. Pure."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final


class Duty(StrEnum):
    LEAD = "lead"
    SPOKESPERSON = "spokesperson"
    LEGAL = "legal"
    SITE = "site"
    CUSTOMERS = "customers"
    MEDIA = "media"


class Entry(StrEnum):
    FACT = "fact"
    DECISION = "decision"
    MEDIA = "media"
    LEGAL = "legal"
    STEP = "step"


class StatementState(StrEnum):
    DRAFT = "draft"
    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    OUT = "out"


LEVELS: Final = (1, 2, 3)  # 1 is the gravest: head office coordinates
NEEDED: Final[Mapping[int, tuple[Duty, ...]]] = {
    1: (Duty.LEAD, Duty.SPOKESPERSON, Duty.LEGAL, Duty.CUSTOMERS),
    2: (Duty.LEAD, Duty.SPOKESPERSON),
    3: (Duty.LEAD,),
}
STEPS: Final[Mapping[StatementState, frozenset[StatementState]]] = {
    StatementState.DRAFT: frozenset({StatementState.ASKED}),
    StatementState.ASKED: frozenset({StatementState.APPROVED, StatementState.REFUSED}),
    StatementState.REFUSED: frozenset({StatementState.ASKED}),
    StatementState.APPROVED: frozenset({StatementState.OUT}),
    StatementState.OUT: frozenset(),
}


def missing_duties(level: int, held: Collection[str]) -> list[Duty]:
    """Return the duties a crisis of ``level`` still needs somebody for, in their order."""
    return [duty for duty in NEEDED[level] if duty not in held]


def may_step(before: str, after: str) -> bool:
    """Return whether a statement may go from ``before`` to ``after``."""
    return StatementState(after) in STEPS[StatementState(before)]


def may_approve(author: int, approver: int) -> bool:
    """Return whether ``approver`` may sign: nobody signs own words."""
    return author != approver


def may_go_out(*, is_drill: bool) -> bool:
    """Return whether an approved statement may leave: never in a drill."""
    return not is_drill
