"""The way of an advert, from the plan to its effect (MKT-27). Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class AdvertState(StrEnum):
    """How far an advert is."""

    PLANNED = "planned"
    DRAFT = "draft"
    REVIEW = "review"
    APPROVED = "approved"
    RELEASED = "released"
    PUBLISHED = "published"
    EVALUATED = "evaluated"
    STOPPED = "stopped"


class Medium(StrEnum):
    """Where an advert appears."""

    PRESS = "press"
    OUTDOOR = "outdoor"
    ONLINE = "online"
    SOCIAL = "social"
    VIDEO = "video"
    BROADCAST = "broadcast"
    LEAFLET = "leaflet"
    MESSAGE = "message"


class Reviewer(StrEnum):
    """The departments that read an advert before it is released (MKT-28)."""

    MARKETING = "marketing"
    DESIGN = "design"
    ENGINEERING = "engineering"
    LEGAL = "legal"
    RELATIONS = "relations"


class ClaimKind(StrEnum):
    """What a claim of an advert is about."""

    SIZE = "size"
    PRICE = "price"
    PLANNING = "planning"
    FACILITY = "facility"
    QUALITY = "quality"
    DELIVERY = "delivery"
    APPRECIATION = "appreciation"
    OTHER = "other"


S = AdvertState
NEXT: Final[Mapping[AdvertState, frozenset[AdvertState]]] = {
    S.PLANNED: frozenset({S.DRAFT, S.STOPPED}),
    S.DRAFT: frozenset({S.REVIEW, S.STOPPED}),
    S.REVIEW: frozenset({S.APPROVED, S.DRAFT, S.STOPPED}),
    S.APPROVED: frozenset({S.RELEASED, S.REVIEW, S.DRAFT, S.STOPPED}),
    S.RELEASED: frozenset({S.PUBLISHED}),
    S.PUBLISHED: frozenset({S.PUBLISHED, S.EVALUATED}),
    S.EVALUATED: frozenset(),
    S.STOPPED: frozenset(),
}
WRITABLE: Final = frozenset({S.PLANNED, S.DRAFT, S.REVIEW, S.APPROVED})
SCANNED: Final = frozenset({S.REVIEW, S.APPROVED, S.RELEASED, S.PUBLISHED, S.EVALUATED})
RELEASED: Final = frozenset({S.RELEASED, S.PUBLISHED, S.EVALUATED})


def may_move(now: str, to: str) -> bool:
    """Return whether an advert goes from one state to the other."""
    return AdvertState(to) in NEXT[AdvertState(now)]
