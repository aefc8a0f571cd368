"""Individual changes and changes of sold homes: states, cut-off, coverage. Pure.

Sources: SVC-77, SVC-102; 商品房销售管理办法 of 2001, Art. 24 (notice within ten days, fifteen
days to answer).
"""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final


class ChangeState(StrEnum):
    """Where an individual change stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    SIGNED = "signed"
    EXECUTED = "executed"
    CHECKED = "checked"


# What each step needs before it.
BEFORE: Final = {
    ChangeState.SIGNED: ChangeState.APPROVED,
    ChangeState.EXECUTED: ChangeState.SIGNED,
    ChangeState.CHECKED: ChangeState.EXECUTED,
}
UNFINISHED: Final = (
    ChangeState.ASKED,
    ChangeState.APPROVED,
    ChangeState.SIGNED,
    ChangeState.EXECUTED,
)


class ChangeKind(StrEnum):
    """Where a change of sold homes comes from."""

    REQUIREMENT = "requirement"
    DESIGN = "design"
    ENGINEERING = "engineering"


class Answer(StrEnum):
    """What a buyer answered to a change."""

    AGREED = "agreed"
    REFUSED = "refused"


def last_day(*, planned_on: date, days: int) -> date:
    """Return the last day on which a change before a node can be asked for."""
    return planned_on - timedelta(days=days)


def is_too_late(*, planned_on: date, reached_on: date | None, days: int, today: date) -> bool:
    """Return whether the node leaves no time for a change any more."""
    return reached_on is not None or today > last_day(planned_on=planned_on, days=days)


def coverage(*, told: int, affected: int) -> Decimal | None:
    """Return the share of affected contracts that were told of a change; None of none."""
    return (Decimal(told) / affected).quantize(Decimal("0.0001")) if affected else None
