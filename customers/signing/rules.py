"""How an online signature moves on, which slots a desk has. Pure (CUS-65, CUS-66)."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final


class SigningState(StrEnum):
    """Where a contract that was sent for signature stands."""

    WAITING = "waiting"  # to be handed to the provider
    SENT = "sent"  # the customer can sign
    SIGNED = "signed"
    DECLINED = "declined"
    EXPIRED = "expired"
    FAILED = "failed"  # the provider would not take it
    WITHDRAWN = "withdrawn"


OPEN: Final = (SigningState.WAITING, SigningState.SENT)
# What a provider reports, and the state it leads to; None: nothing to change.
REPORTED: Final[Mapping[str, SigningState | None]] = {
    "viewed": None,
    "signed": SigningState.SIGNED,
    "declined": SigningState.DECLINED,
    "expired": SigningState.EXPIRED,
}


def state_after(state: str, reported: str) -> SigningState | None:
    """Return the state a report leads to; None where it changes nothing.

    Only what is open moves: whatever comes late, twice or in the wrong order leaves the end as it
    is. A report may overtake the answer in which the provider took the contract.
    """
    return REPORTED[reported] if SigningState(state) in OPEN else None


def slots(*, first: int, last: int, minutes: int) -> list[time]:
    """Return the times of day at which a desk can be booked, hours from ``first`` to ``last``."""
    found, at = [], first * 60
    while at + minutes <= last * 60:
        found.append(time(at // 60, at % 60))
        at += minutes
    return found


def hours_between(begun: datetime, ended: datetime) -> int:
    """Return whole hours from the subscription to the signature, rounded down."""
    return max(0, int((ended - begun) / timedelta(hours=1)))
