"""The values churn works with."""

from enum import StrEnum
from typing import Final


class Stage(StrEnum):
    """Where a customer stands for churn; each but the owners has a model of its own (ANA-47)."""

    LEAD = "lead"
    VISIT = "visit"
    RESERVATION = "reservation"
    SIGNED = "signed"
    OWNER = "owner"


class Level(StrEnum):
    """The levels of alert (CUS-99)."""

    NONE = "none"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class LossRule(StrEnum):
    """By which rule a customer counts as lost (CUS-97)."""

    CANCELLED = "cancelled"
    ELSEWHERE = "elsewhere"
    GAVE_UP = "gave_up"
    SILENT = "silent"
    REFUNDED = "refunded"
    SOLD = "sold"
    COMPLAINT = "complaint"


class LossState(StrEnum):
    """What became of a loss: it stands, was never true, or the customer was won back."""

    STANDING = "standing"
    REVERSED = "reversed"
    RECOVERED = "recovered"


BLOCKS: Final = ("service", "price", "construction", "engagement", "finance", "channel")
LEVEL_ORDER: Final = (Level.NONE, Level.GREEN, Level.YELLOW, Level.RED)
