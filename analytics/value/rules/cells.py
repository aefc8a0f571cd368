"""Which cell of each method of segmentation a customer is in: always one of each (ANA-44)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

ACTIVE_FROM: Final = 60
WARM_FROM: Final = 25
UNKNOWN: Final = "unknown"
LEFT: Final = "left"


@dataclass(frozen=True, slots=True)
class Limits:
    """From which net value, in yuan, a customer is of high and of middle value."""

    high: int
    middle: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What the cells are decided by; ``activity`` 0 to 100, None where nothing was ever seen."""

    net: Decimal
    purpose: str = ""
    motive: str = ""
    activity: int | None = None
    stage: str = ""
    has_left: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """The cell of each method."""

    value: str
    need: str
    behaviour: str
    stage: str


def cells_of(facts: Facts, limits: Limits, motives: Mapping[str, str]) -> Cells:
    """Return the four cells; ``motives`` maps typed motives, in lower case, to needs.

    The registered purpose counts, else the motive; whoever left is in no stage of buying.
    """
    return Cells(
        value=value_cell(facts.net, limits),
        need=facts.purpose or motives.get(facts.motive.strip().lower(), UNKNOWN),
        behaviour=behaviour_cell(facts.activity or 0),
        stage=LEFT if facts.has_left else facts.stage,
    )


def value_cell(net: Decimal, limits: Limits) -> str:
    """Return high, middle or low."""
    if net >= limits.high:
        return "high"
    return "middle" if net >= limits.middle else "low"


def behaviour_cell(activity: int) -> str:
    """Return active, warm, quiet or silent."""
    if activity >= ACTIVE_FROM:
        return "active"
    if activity >= WARM_FROM:
        return "warm"
    return "quiet" if activity > 0 else "silent"
