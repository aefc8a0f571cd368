"""The way of a booked service, and what the catalogue of each stage of a sale must hold. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class OrderState(StrEnum):
    """Where a booked service is."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DELIVERED = "delivered"
    RATED = "rated"
    CANCELLED = "cancelled"


S = OrderState
TRANSITIONS: Final[Mapping[OrderState, frozenset[OrderState]]] = {
    S.REQUESTED: frozenset({S.CONFIRMED, S.CANCELLED}),
    S.CONFIRMED: frozenset({S.DELIVERED, S.CANCELLED}),
    S.DELIVERED: frozenset({S.RATED}),
    S.RATED: frozenset(),
    S.CANCELLED: frozenset(),
}
OPEN: Final = (S.REQUESTED.value, S.CONFIRMED.value)


def may_go(before: str, after: str) -> bool:
    """Return whether a booking may go from ``before`` to ``after``."""
    return OrderState(after) in TRANSITIONS[OrderState(before)]


@dataclass(frozen=True, slots=True)
class Content:
    """What the catalogue must hold: its key, stage, line, and whether it can be booked."""

    key: str
    stage: str
    line: str
    is_bookable: bool = False


CONTENTS: Final = (
    Content("unit-information", "pre_sale", "stage"),
    Content("offer-information", "pre_sale", "stage"),
    Content("process-information", "pre_sale", "stage"),
    Content("viewing", "pre_sale", "stage", is_bookable=True),
    Content("vr-tour", "pre_sale", "stage"),
    Content("adviser", "in_sale", "stage"),
    Content("pros-and-risks", "in_sale", "stage"),
    Content("handover", "after_sale", "stage"),
    Content("property-transfer", "after_sale", "stage"),
    Content("after-sales", "after_sale", "stage"),
    Content("purchase-planning", "pre_sale", "upgrade", is_bookable=True),
    Content("professional-adviser", "in_sale", "upgrade", is_bookable=True),
    Content("after-sales-guarantee", "after_sale", "upgrade", is_bookable=True),
    Content("rental-help", "after_sale", "value_added", is_bookable=True),
    Content("resale-help", "after_sale", "value_added", is_bookable=True),
    Content("housekeeping", "after_sale", "value_added", is_bookable=True),
    Content("finance", "after_sale", "value_added", is_bookable=True),
    Content("leisure", "after_sale", "value_added", is_bookable=True),
)


def missing_contents(present: Collection[str]) -> list[Content]:
    """Return what the catalogue lacks, in its order; ``present`` are keys in use with an owner."""
    return [one for one in CONTENTS if one.key not in present]
