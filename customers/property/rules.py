"""Words and arithmetic of projects and units. Pure.

Source: MKT-07 (phases), MKT-52 (areas), MKT-56 (states of a unit), MKT-61 (certificates),
MKT-62 (adverse factors).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class UnitKind(StrEnum):
    """What a unit is; each has the same life."""

    FLAT = "flat"
    HOUSE = "house"
    SHOP = "shop"
    PARKING = "parking"


class UnitState(StrEnum):
    """Where a unit stands on the board, in the order of the legend (MKT-56)."""

    AVAILABLE = "available"
    HELD = "held"
    PRESUBSCRIBED = "presubscribed"
    SUBSCRIBED = "subscribed"
    SIGNED = "signed"
    HANDED_OVER = "handed_over"
    WITHHELD = "withheld"


class Orientation(StrEnum):
    """Where the windows of the main rooms look."""

    SOUTH = "south"
    SOUTH_NORTH = "south_north"
    SOUTH_EAST = "south_east"
    SOUTH_WEST = "south_west"
    EAST = "east"
    WEST = "west"
    EAST_WEST = "east_west"
    NORTH = "north"


class CertificateKind(StrEnum):
    """The five certificates 五证 a developer needs before it may sell."""

    LAND_USE = "land_use"
    LAND_PLANNING = "land_planning"
    WORKS_PLANNING = "works_planning"
    CONSTRUCTION = "construction"
    PRESALE = "presale"


class PhaseKind(StrEnum):
    """The phases of a project: four of building it, then three of selling it (MKT-07)."""

    START_UP = "start_up"
    PREPARATION = "preparation"
    IMPLEMENTATION = "implementation"
    ACCEPTANCE = "acceptance"
    PRE_LAUNCH = "pre_launch"
    PEAK = "peak"
    POST_HANDOVER = "post_handover"


BUILDING_PHASES: Final = (
    PhaseKind.START_UP,
    PhaseKind.PREPARATION,
    PhaseKind.IMPLEMENTATION,
    PhaseKind.ACCEPTANCE,
)
SALES_PHASES: Final = (PhaseKind.PRE_LAUNCH, PhaseKind.PEAK, PhaseKind.POST_HANDOVER)


class AdverseKind(StrEnum):
    """What a buyer must be told about a unit, a building or the whole project (MKT-62)."""

    NOISE = "noise"
    PLANT_ROOM = "plant_room"
    HIGH_VOLTAGE = "high_voltage"
    REFUSE = "refuse"
    SEWAGE = "sewage"
    SHADE = "shade"
    VIEW = "view"
    TRAFFIC = "traffic"
    OTHER = "other"


class DisclosureKind(StrEnum):
    """What hangs in the sales hall before a project is launched (MKT-61)."""

    PRICES = "prices"
    ADVERSE = "adverse"
    CONTRACT = "contract"
    CERTIFICATES = "certificates"
    CHANGES = "changes"
    PARKING = "parking"


@dataclass(frozen=True, slots=True)
class AreaDifference:
    """Measured against forecast area: the difference in m², its share, whether it is too much."""

    difference: Decimal
    share: Decimal
    is_over_limit: bool


def area_difference(
    *, forecast: Decimal, measured: Decimal | None, limit: Decimal
) -> AreaDifference | None:
    """Return how far the measured area is from the forecast; ``None`` while it is not measured.

    ``limit`` is a share (0.03 is 3 %). Over it the buyer may withdraw: 商品房买卖合同司法解释
    as of 2003, Art. 14, names 3 %; exactly 3 % is within it.
    """
    if measured is None:
        return None
    difference = measured - forecast
    share = (difference / forecast).quantize(Decimal("0.0001"))
    return AreaDifference(difference, share, abs(difference) > limit * forecast)


def sold_share(states: Iterable[str]) -> Decimal | None:
    """Return the share of units that are subscribed or further (去化率); ``None`` of no units.

    Withheld units count neither as sold nor as offered.
    """
    offered = [state for state in states if state != UnitState.WITHHELD]
    if not offered:
        return None
    sold = sum(state in SOLD for state in offered)
    return (Decimal(sold) / len(offered)).quantize(Decimal("0.0001"))


SOLD: Final = frozenset({UnitState.SUBSCRIBED, UnitState.SIGNED, UnitState.HANDED_OVER})


def place_on_floor(number: str, floor: int) -> str:
    """Return the part of a unit's number that names its place on the floor: 02 of 1802 or 0602.

    The whole number where it does not begin with the floor.
    """
    for prefix in (f"{floor:02d}", str(floor)):
        rest = number.removeprefix(prefix)
        if rest != number and rest:
            return rest
    return number
