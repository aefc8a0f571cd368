"""How well a described unit suits what a customer wants, with reasons that add up (CUS-31). Pure.

Each wish the customer has stated carries a weight; wishes not stated count for nothing and their
weight goes to the others in proportion. The first choice earns the whole weight, each further one
a quarter less, at the least a quarter. The reasons are exact tenths and their sum is the score.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

ALL = Decimal(100)
TENTH = Decimal("0.1")
STEP = Decimal("0.25")
NEARLY = Decimal("0.10")  # this far outside a range earns half
HALF = Decimal("0.5")


class Wish(StrEnum):
    """What is compared, in the order in which reasons are shown."""

    LAYOUT = "layout"
    PRICE = "price"
    AREA = "area"
    AMENITY = "amenity"
    STYLE = "style"


DEFAULT_WEIGHTS: dict[str, int] = {
    Wish.LAYOUT.value: 30,
    Wish.PRICE.value: 30,
    Wish.AREA.value: 10,
    Wish.AMENITY.value: 20,
    Wish.STYLE.value: 10,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit or a layout of a project: price in yuan, area in square metres, words as codes."""

    layout: str = ""
    price: Decimal | None = None
    area: Decimal | None = None
    amenities: frozenset[str] = frozenset()
    style: str = ""


Range = tuple[Decimal | None, Decimal | None]
OPEN: Range = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a customer wants; lists begin with the strongest wish, ranges may be open."""

    layouts: Sequence[str] = ()
    price_bands: Sequence[Range] = ()
    area: Range = OPEN
    amenities: Sequence[str] = ()
    styles: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """What one wish gave: ``points`` of at most ``most``."""

    wish: Wish
    points: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class Match:
    """The score from 0 to 100 and its reasons, which add up to it; none where nothing is known."""

    reasons: tuple[Reason, ...] = field(default=())

    @property
    def score(self) -> Decimal:
        """The sum of the reasons."""
        return sum((reason.points for reason in self.reasons), Decimal(0))


def match_unit(unit: Unit, wishes: Wishes, *, weights: Mapping[str, int]) -> Match:
    """Return how well ``unit`` suits ``wishes``."""
    shares = {wish: _SHARES[wish](unit, wishes) for wish in Wish if weights.get(wish.value)}
    stated = {wish: share for wish, share in shares.items() if share is not None}
    total = sum(weights[wish.value] for wish in stated)
    if not total:
        return Match()
    most = _spread({wish: ALL * weights[wish.value] / total for wish in stated})
    return Match(
        tuple(
            Reason(wish, (most[wish] * share).quantize(TENTH, ROUND_DOWN), most[wish])
            for wish, share in stated.items()
        )
    )


def rank_share(rank: int) -> Decimal:
    """Return the share that the choice of ``rank`` (from 1) earns."""
    return max(STEP, 1 - STEP * (rank - 1))


def _spread(exact: Mapping[Wish, Decimal]) -> dict[Wish, Decimal]:
    """Return the weights in tenths so that they make exactly 100; the first takes what is left."""
    rounded = {wish: weight.quantize(TENTH, ROUND_DOWN) for wish, weight in exact.items()}
    first = next(iter(rounded))
    rounded[first] += ALL - sum(rounded.values())
    return rounded


def _of_list(value: str, wanted: Sequence[str]) -> Decimal | None:
    if not wanted:
        return None
    return rank_share(wanted.index(value) + 1) if value in wanted else Decimal(0)


def _of_range(value: Decimal | None, wanted: Range) -> Decimal:
    low, high = wanted
    if value is None:
        return Decimal(0)
    if (low is None or value >= low) and (high is None or value <= high):
        return Decimal(1)
    near_low = low is None or value >= low * (1 - NEARLY)
    near_high = high is None or value <= high * (1 + NEARLY)
    return HALF if near_low and near_high else Decimal(0)


def _price(unit: Unit, wishes: Wishes) -> Decimal | None:
    shares = [
        rank_share(rank) * _of_range(unit.price, band)
        for rank, band in enumerate(wishes.price_bands, start=1)
    ]
    return max(shares, default=None)


def _area(unit: Unit, wishes: Wishes) -> Decimal | None:
    return None if wishes.area == OPEN else _of_range(unit.area, wishes.area)


def _amenities(unit: Unit, wishes: Wishes) -> Decimal | None:
    """Return the share of the wanted amenities that the unit has, strong wishes counting more."""
    if not wishes.amenities:
        return None
    shares = {name: rank_share(rank) for rank, name in enumerate(wishes.amenities, start=1)}
    have = sum((share for name, share in shares.items() if name in unit.amenities), Decimal(0))
    return have / sum(shares.values(), Decimal(0))


_SHARES: dict[Wish, Callable[[Unit, Wishes], Decimal | None]] = {
    Wish.LAYOUT: lambda unit, wishes: _of_list(unit.layout, wishes.layouts),
    Wish.PRICE: _price,
    Wish.AREA: _area,
    Wish.AMENITY: _amenities,
    Wish.STYLE: lambda unit, wishes: _of_list(unit.style, wishes.styles),
}
