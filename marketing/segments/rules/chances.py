"""Second deals that rules see with a customer: cross- and up-selling (CUS-75, CUS-76). Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

YEAR: Final = Decimal("365.25")
KINDS: Final[Mapping[str, str]] = {
    "tenant_buys": "cross",
    "buyer_rents": "cross",
    "other_project": "cross",
    "growth": "up",
    "tenure": "up",
    "price_up": "up",
}


@dataclass(frozen=True, slots=True)
class Home:
    """A home bought: m², yuan, day of signing, project."""

    area: Decimal | None
    total: Decimal | None
    signed_on: date
    project: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known about a customer that may speak for a second deal."""

    homes: tuple[Home, ...] = ()
    is_tenant: bool = False
    wants_to_buy: bool = False
    wants_to_rent: bool = False
    has_newborn: bool = False
    budget_max: Decimal | None = None
    wished_project: int | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """From when on a flat is small (m²), a tenure long (years), a budget higher (per cent)."""

    small_area: Decimal = Decimal(90)
    years: int = 5
    price_up: int = 20


@dataclass(frozen=True, slots=True)
class Chance:
    """One opportunity: the rule, what it saw, and the project it leads to where it names one."""

    rule: str
    facts: Mapping[str, Any]
    target: int | None = None

    @property
    def kind(self) -> str:
        """cross or up."""
        return KINDS[self.rule]


def chances(known: Known, *, limits: Limits, today: date) -> list[Chance]:
    """Return every opportunity that the rules see, in their order."""
    found = (
        _tenant_buys(known),
        _buyer_rents(known),
        _other_project(known),
        _growth(known, limits),
        _tenure(known, limits, today),
        _price_up(known, limits),
    )
    return [chance for chance in found if chance]


def _tenant_buys(known: Known) -> Chance | None:
    if not (known.is_tenant and known.wants_to_buy):
        return None
    return Chance("tenant_buys", {}, known.wished_project)


def _buyer_rents(known: Known) -> Chance | None:
    if not (known.homes and known.wants_to_rent):
        return None
    return Chance("buyer_rents", {"homes": len(known.homes)}, known.wished_project)


def _other_project(known: Known) -> Chance | None:
    wished = known.wished_project
    if wished is None or not known.homes or wished in {home.project for home in known.homes}:
        return None
    return Chance("other_project", {"homes": len(known.homes)}, wished)


def _growth(known: Known, limits: Limits) -> Chance | None:
    areas = [home.area for home in known.homes if home.area is not None]
    if not known.has_newborn or not areas or max(areas) > limits.small_area:
        return None
    return Chance("growth", {"area": str(max(areas))})


def _tenure(known: Known, limits: Limits, today: date) -> Chance | None:
    if not known.homes:
        return None
    newest = max(home.signed_on for home in known.homes)
    years = Decimal((today - newest).days) / YEAR
    if years < limits.years:
        return None
    return Chance("tenure", {"years": str(years.quantize(Decimal("0.1")))})


def _price_up(known: Known, limits: Limits) -> Chance | None:
    priced = [(home.signed_on, home.total) for home in known.homes if home.total]
    if not priced or known.budget_max is None:
        return None
    _day, last = max(priced)
    if known.budget_max * 100 < last * (100 + limits.price_up):
        return None
    return Chance("price_up", {"budget": str(known.budget_max), "last": str(last)})
