"""Why customers leave, in two levels, and the scenes it happens in (CUS-108, CUS-109)."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final


class Driver(StrEnum):
    """First level."""

    PRICE = "price"
    DELIVERY = "delivery"
    SERVICE = "service"
    DIGITAL = "digital"
    OTHER = "other"


class Reason(StrEnum):
    """Second level."""

    OPAQUE_PRICE = "opaque_price"
    PRICE_CUT = "price_cut"
    OVER_BUDGET = "over_budget"
    DELAY = "delay"
    AMENITIES = "amenities"
    SLOW_AFTER_SALES = "slow_after_sales"
    UNSKILLED = "unskilled"
    BROKER_CONDUCT = "broker_conduct"
    COMPETITOR_DATA = "competitor_data"
    FRAGMENTED = "fragmented"
    MISSING_HISTORY = "missing_history"
    LOAN = "loan"
    PLANS_CHANGED = "plans_changed"
    UNKNOWN = "unknown"


class Scene(StrEnum):
    """In what scene the customer was lost."""

    BARGAINING = "bargaining"
    AFTER_SALES = "after_sales"
    INFORMATION = "information"


DRIVER_OF: Final[dict[Reason, Driver]] = {
    Reason.OPAQUE_PRICE: Driver.PRICE,
    Reason.PRICE_CUT: Driver.PRICE,
    Reason.OVER_BUDGET: Driver.PRICE,
    Reason.DELAY: Driver.DELIVERY,
    Reason.AMENITIES: Driver.DELIVERY,
    Reason.SLOW_AFTER_SALES: Driver.SERVICE,
    Reason.UNSKILLED: Driver.SERVICE,
    Reason.BROKER_CONDUCT: Driver.SERVICE,
    Reason.COMPETITOR_DATA: Driver.SERVICE,
    Reason.FRAGMENTED: Driver.DIGITAL,
    Reason.MISSING_HISTORY: Driver.DIGITAL,
    Reason.LOAN: Driver.OTHER,
    Reason.PLANS_CHANGED: Driver.OTHER,
    Reason.UNKNOWN: Driver.OTHER,
}

# The scene a reason points to when nobody named another one.
SCENE_OF: Final[dict[Driver, Scene]] = {
    Driver.PRICE: Scene.BARGAINING,
    Driver.DELIVERY: Scene.AFTER_SALES,
    Driver.SERVICE: Scene.INFORMATION,
    Driver.DIGITAL: Scene.INFORMATION,
    Driver.OTHER: Scene.INFORMATION,
}


def scene_of(reason: Reason) -> Scene:
    """Return the scene a main reason suggests; slow after-sales service is after-sales."""
    if reason is Reason.SLOW_AFTER_SALES:
        return Scene.AFTER_SALES
    return SCENE_OF[DRIVER_OF[reason]]


def check_reasons(main: str, reasons: Iterable[str]) -> list[str]:
    """Return the reasons of a loss in the order of the list, the main one among them.

    Raise ``ValueError`` without a main reason or with a word that is not on the list.
    """
    chosen = {Reason(main), *map(Reason, reasons)}
    if len(chosen) > 1:
        chosen.discard(Reason.UNKNOWN)
    if Reason(main) not in chosen:
        raise ValueError(main)
    return [reason.value for reason in Reason if reason in chosen]


# What the reason an enquiry was lost with says; the others leave the question open.
_OF_LEAD: Final = {
    "price": Reason.OVER_BUDGET,
    "no_credit": Reason.LOAN,
    "postponed": Reason.PLANS_CHANGED,
    "complaint": Reason.SLOW_AFTER_SALES,
}


def reason_of_lead(code: str) -> Reason:
    """Return the reason that the word of a lost enquiry stands for; unknown asks for one."""
    return _OF_LEAD.get(code, Reason.UNKNOWN)
