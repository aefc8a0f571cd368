"""How far a company has come from product to customer (ANA-70). Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

GAP_UP_TO = 3  # of five: the customer-led statement does not hold yet
CUSTOMER_FROM, CHANGING_FROM = Decimal(70), Decimal(40)


class Stage(StrEnum):
    """The three stages."""

    PRODUCT = "product"
    CHANGING = "changing"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Weak:
    """A pair of statements whose customer-led side holds too little."""

    key: str
    label: str
    value: int


def stage_of(percent: Decimal | None) -> Stage | None:
    """Return the stage for the score of a sheet, None without one."""
    if percent is None:
        return None
    if percent >= CUSTOMER_FROM:
        return Stage.CUSTOMER
    return Stage.CHANGING if percent >= CHANGING_FROM else Stage.PRODUCT


def gap_list(answers: Iterable[tuple[str, str, str]]) -> list[Weak]:
    """Return the pairs (key, label, value out of five) that lag behind, the weakest first."""
    weak = [
        Weak(key, label, int(value))
        for key, label, value in answers
        if value.isdecimal() and int(value) <= GAP_UP_TO
    ]
    return sorted(weak, key=lambda one: (one.value, one.key))
