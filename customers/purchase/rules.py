"""The life of a purchase: states, who may take which step, when a hold ends. Pure.

Source: CUS-64, MKT-56. The table is the whole machine: what it does not list is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Final


class PurchaseState(StrEnum):
    """Where a purchase stands; the first five hold the unit."""

    HELD = "held"
    PRESUBSCRIBED = "presubscribed"
    SUBSCRIBED = "subscribed"
    SIGNED = "signed"
    HANDED_OVER = "handed_over"
    EXPIRED = "expired"
    RELEASED = "released"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"
    CHANGED = "changed"


ACTIVE: Final = (
    PurchaseState.HELD,
    PurchaseState.PRESUBSCRIBED,
    PurchaseState.SUBSCRIBED,
    PurchaseState.SIGNED,
    PurchaseState.HANDED_OVER,
)
TIMED: Final = (PurchaseState.HELD, PurchaseState.PRESUBSCRIBED)


class Step(StrEnum):
    """What can happen to a purchase after it began."""

    RENEW = "renew"
    PRESUBSCRIBE = "presubscribe"
    SUBSCRIBE = "subscribe"
    SIGN = "sign"
    HAND_OVER = "hand_over"
    RELEASE = "release"
    EXPIRE = "expire"
    OVERRIDE = "override"
    CANCEL = "cancel"
    UNSIGN = "unsign"
    CHANGE_UNIT = "change_unit"
    CHANGE_NAME = "change_name"


@dataclass(frozen=True, slots=True)
class Edge:
    """One step: from which states, to which one (``None``: it stays), needing which right."""

    sources: tuple[PurchaseState, ...]
    target: PurchaseState | None
    right: str
    needs_approval: bool = False


S = PurchaseState
SELL: Final = "customers.sell_unit"
SIGN: Final = "customers.sign_purchase"
CONTROL: Final = "customers.control_units"
HAND_OVER: Final = "customers.hand_over_unit"
SYSTEM: Final = ""

EDGES: Final[Mapping[Step, Edge]] = {
    Step.RENEW: Edge((S.HELD,), None, SELL),
    Step.PRESUBSCRIBE: Edge((S.HELD,), S.PRESUBSCRIBED, SELL),
    Step.SUBSCRIBE: Edge((S.HELD, S.PRESUBSCRIBED), S.SUBSCRIBED, SELL),
    Step.SIGN: Edge((S.SUBSCRIBED,), S.SIGNED, SIGN),
    Step.HAND_OVER: Edge((S.SIGNED,), S.HANDED_OVER, HAND_OVER),
    Step.RELEASE: Edge((S.HELD,), S.RELEASED, SELL),
    Step.EXPIRE: Edge(TIMED, S.EXPIRED, SYSTEM),
    Step.OVERRIDE: Edge((S.HELD,), S.RELEASED, CONTROL),
    Step.CANCEL: Edge((S.PRESUBSCRIBED, S.SUBSCRIBED), S.CANCELLED, SELL),
    Step.UNSIGN: Edge((S.SIGNED,), S.REFUNDED, SIGN, needs_approval=True),
    Step.CHANGE_UNIT: Edge((S.PRESUBSCRIBED, S.SUBSCRIBED), S.CHANGED, SELL),
    Step.CHANGE_NAME: Edge((S.SUBSCRIBED,), None, SELL, needs_approval=True),
}
# States in which a purchase may begin, and the step that ends in the hands of the buyer.
BEGINNINGS: Final = (S.HELD, S.PRESUBSCRIBED, S.SUBSCRIBED)


def may_step(state: str, step: Step) -> bool:
    """Return whether a purchase in ``state`` may take ``step``."""
    return state in EDGES[step].sources


def state_after(state: str, step: Step) -> PurchaseState:
    """Return the state after ``step``; raise ValueError for a step the table does not list."""
    edge = EDGES[step]
    if state not in edge.sources:
        message = f"no step {step} from {state}"
        raise ValueError(message)
    return edge.target or PurchaseState(state)


def renewed_end(ends: datetime, *, hours: int) -> datetime:
    """Return the end of a renewed hold: counted from the old end, so nobody gains by waiting."""
    return ends + timedelta(hours=hours)


def closeness(
    *, same_layout: bool, same_building: bool, area_gap: Decimal, floors_apart: int
) -> Decimal:
    """Return how alike a unit is to another that is taken: 0 is the same, more is further away.

    The layout counts most, then the share by which the area differs, the building, the floor.
    """
    return (
        (Decimal(0) if same_layout else Decimal(100))
        + area_gap * 100
        + (Decimal(0) if same_building else Decimal(5))
        + Decimal(min(floors_apart, 40)) / 10
    )
