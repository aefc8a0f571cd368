"""A policy of the tests' own, so that they prove the mechanism and not one policy."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyKind
from crm_site.policies.shapes import Setting


class Mode(StrEnum):
    SOFT = "soft"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Part:
    days: Annotated[int, Setting("Days", low=1, high=90)] = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """A bit of everything."""

    cap: Annotated[int, Setting("Cap", low=1, high=100)] = 10
    rate: Annotated[Decimal, Setting("Rate")] = Decimal("0.25")
    mode: Annotated[Mode, Setting("Mode", labels={"soft": "Gentle", "hard": "Strict"})] = Mode.SOFT
    is_open: Annotated[bool, Setting("Open")] = True
    steps: Annotated[tuple[int, ...], Setting("Steps")] = (50, 80)
    shares: Annotated[dict[str, int], Setting("Shares", low=0)] = field(
        default_factory=lambda: {"x": 60, "y": 40}
    )
    part: Annotated[Part, Setting("Part")] = Part()
    note: str | None = None

    def __post_init__(self) -> None:
        if sum(self.shares.values()) != 100:
            raise FieldError("shares", "The shares have to add up to 100.")


KEY = "test.sample"
KIND = PolicyKind(key=KEY, label="Sample policy", shape=Sample, default=Sample())
