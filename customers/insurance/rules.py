"""The way of an insurance claim and what a cover still holds. Pure. Source: SVC-98."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final


class ClaimState(StrEnum):
    """Where an insurance claim stands."""

    CLAIMED = "claimed"
    ASSESSED = "assessed"
    PAID = "paid"
    REPAIRED = "repaired"
    REJECTED = "rejected"


# What each step needs before it.
BEFORE: Final[Mapping[ClaimState, tuple[ClaimState, ...]]] = {
    ClaimState.ASSESSED: (ClaimState.CLAIMED,),
    ClaimState.REJECTED: (ClaimState.CLAIMED,),
    ClaimState.PAID: (ClaimState.ASSESSED,),
    ClaimState.REPAIRED: (ClaimState.PAID,),
}


def is_covered(*, on: date, covers_from: date, covers_until: date) -> bool:
    """Return whether a defect found on ``on`` lies in the days of a policy, both ends included."""
    return covers_from <= on <= covers_until


def left_of(*, cover: Decimal, paid: Decimal) -> Decimal:
    """Return what a cover still holds in yuan."""
    return cover - paid
