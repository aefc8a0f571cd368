"""A policy of the tests' own, so that they prove the mechanism and not one policy."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from crm_site.policies.errors import FieldError
from crm_site.policies.registry import PolicyArea, PolicyKind
from crm_site.policies.shapes import setting


class Mode(StrEnum):
    SOFT = "soft"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Part:
    days: int = setting("Days", default=3, low=1, high=90)


@dataclass(frozen=True, slots=True)
class Sample:
    """A bit of everything."""

    cap: int = setting("Cap", default=10, low=1, high=100)
    rate: Decimal = setting("Rate", default=Decimal("0.25"))  # noqa: RUF009 -- a dataclass field
    mode: Mode = setting(  # noqa: RUF009 -- a dataclass field
        "Mode", default=Mode.SOFT, labels={"soft": "Gentle", "hard": "Strict"}
    )
    is_open: bool = setting("Open", default=True)
    steps: tuple[int, ...] = setting("Steps", default=(50, 80))
    shares: dict[str, int] = setting(  # noqa: RUF009 -- a dataclass field
        "Shares", default={"x": 60, "y": 40}, low=0
    )
    part: Part = setting("Part", default=Part())  # noqa: RUF009 -- a dataclass field
    note: str | None = None

    def __post_init__(self) -> None:
        if sum(self.shares.values()) != 100:
            raise FieldError("shares", "The shares have to add up to 100.")


KEY = "test.sample"
KIND = PolicyKind(
    key=KEY, label="Sample policy", shape=Sample, default=Sample(), area=PolicyArea.DATA
)
