"""The simple views staff speak in, computed from class and phase and never stored (CUS-17). Pure.

Both agree by construction: whoever is closed in the one is a new or an old customer in the other.
"""

from enum import StrEnum
from typing import Final

from customers.rules.axes import CustomerClass, Phase
from customers.rules.lifecycle import OWNERS


class ProcessView(StrEnum):
    """Potential, intent, closed."""

    POTENTIAL = "potential"
    INTENT = "intent"
    CLOSED = "closed"


class TenureView(StrEnum):
    """Potential, new, old customer."""

    POTENTIAL = "potential"
    NEW = "new"
    OLD = "old"


class Base(StrEnum):
    """Why a customer counts as existing (CUS-18): owns with us, or lives where we only manage."""

    OWNER = "owner"
    MANAGED_ONLY = "managed_only"


# A first purchase makes a new customer; one that has churned since is an old one.
NEW_CLASS: Final = CustomerClass.FIRST_PURCHASE


def process_view(customer_class: CustomerClass) -> ProcessView:
    """Return the customer's place in potential, intent, closed."""
    if customer_class in OWNERS:
        return ProcessView.CLOSED
    if customer_class is CustomerClass.INTENT:
        return ProcessView.INTENT
    return ProcessView.POTENTIAL


def tenure_view(customer_class: CustomerClass, phase: Phase) -> TenureView:
    """Return the customer's place in potential, new, old."""
    if customer_class not in OWNERS:
        return TenureView.POTENTIAL
    is_new = customer_class is NEW_CLASS and phase is not Phase.CHURNED
    return TenureView.NEW if is_new else TenureView.OLD


def base_of(customer_class: CustomerClass, managed_estate: str) -> Base | None:
    """Return why the customer belongs to the existing base; ``None`` for one that does not.

    An owner who also lives in a managed estate is an owner.
    """
    if customer_class in OWNERS:
        return Base.OWNER
    return Base.MANAGED_ONLY if managed_estate else None
