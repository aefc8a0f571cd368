"""What a clock counts and the states it passes through. Pure."""

from enum import StrEnum


class Basis(StrEnum):
    """What the limit counts: every hour, or only the hours of a work calendar."""

    NATURAL = "natural"
    WORKING = "working"


class ClockState(StrEnum):
    """Where a clock stands. A breached clock is still open: it can be met late."""

    RUNNING = "running"
    PAUSED = "paused"
    MET = "met"
    BREACHED = "breached"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset({ClockState.RUNNING, ClockState.PAUSED, ClockState.BREACHED})
