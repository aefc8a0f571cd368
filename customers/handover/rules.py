"""Words, tables and arithmetic of the handover. Pure.

Source: SVC-79 to SVC-82, SVC-91 to SVC-95. What a table does not list is refused.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final


class RiskArea(StrEnum):
    """What a batch is judged by (SVC-95)."""

    QUALITY = "quality"
    SCHEDULE = "schedule"
    DOCUMENTS = "documents"
    FACILITIES = "facilities"


class Risk(StrEnum):
    """How much one area may go wrong; also the grade of a whole batch."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


POINTS: Final = {Risk.LOW: 0, Risk.MEDIUM: 1, Risk.HIGH: 2}
ORDER: Final = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)

SIGN: Final = "customers.sign_delivery"
DIRECT: Final = "customers.direct_delivery"
PRESIDE: Final = "customers.preside_delivery"
APPROVERS: Final[Mapping[Risk, tuple[str, ...]]] = {
    Risk.LOW: (SIGN,),
    Risk.MEDIUM: (DIRECT,),
    Risk.HIGH: (DIRECT, PRESIDE),
}
# What is checked before a batch is approved, with the grade from which on it is asked for.
CHECKS: Final[Mapping[str, Risk]] = {
    "filing": Risk.LOW,
    "papers": Risk.LOW,
    "walked": Risk.LOW,
    "stations": Risk.LOW,
    "facilities": Risk.MEDIUM,
    "second_look": Risk.MEDIUM,
    "answers": Risk.MEDIUM,
    "outside_report": Risk.HIGH,
    "rehearsal": Risk.HIGH,
    "legal": Risk.HIGH,
}


def grade_of(risks: Mapping[RiskArea, Risk], *, medium_points: int, high_points: int) -> Risk:
    """Return the grade of a batch: points 0, 1, 2 for each area, added up and compared.

    One high area is never a low batch, two are always a high one.
    """
    points = sum(POINTS[risks[area]] for area in RiskArea)
    high = sum(risks[area] is Risk.HIGH for area in RiskArea)
    if high > 1 or points >= high_points:
        return Risk.HIGH
    return Risk.MEDIUM if high or points >= medium_points else Risk.LOW


def checks_for(grade: Risk) -> list[str]:
    """Return what is checked in a batch of this grade; each grade asks for all of the lower."""
    return [key for key, since in CHECKS.items() if ORDER.index(since) <= ORDER.index(grade)]


class Trade(StrEnum):
    """Whose work a defect is."""

    WALLS = "walls"
    FLOOR = "floor"
    DOORS = "doors"
    WATER = "water"
    POWER = "power"
    SEALING = "sealing"
    FITTINGS = "fittings"
    OTHER = "other"


class Severity(StrEnum):
    """An open major defect keeps the unit from its buyer (SVC-80)."""

    MINOR = "minor"
    MAJOR = "major"


class DefectState(StrEnum):
    """Where a defect stands."""

    OPEN = "open"
    REPAIRED = "repaired"
    CLOSED = "closed"


class DefectStep(StrEnum):
    """What happens to a defect."""

    FOUND = "found"
    REPAIR = "repair"
    ACCEPT = "accept"
    FAIL = "fail"


DEFECT_STEPS: Final[Mapping[DefectStep, tuple[DefectState, DefectState]]] = {
    DefectStep.REPAIR: (DefectState.OPEN, DefectState.REPAIRED),
    DefectStep.ACCEPT: (DefectState.REPAIRED, DefectState.CLOSED),
    DefectStep.FAIL: (DefectState.REPAIRED, DefectState.OPEN),
}


class Occasion(StrEnum):
    """When a defect was found."""

    SIMULATED = "simulated"
    HANDOVER = "handover"


ROOMS: Final = ("entrance", "living", "kitchen", "bedroom", "bathroom", "balcony", "shop", "space")
MOST_ROOMS: Final = 9


def rooms_of(kind: str, *, bedrooms: int, living_rooms: int, bathrooms: int) -> list[str]:
    """Return the rooms to walk, numbered where there are several: ``bedroom-2``.

    A flat whose layout says nothing has one of each.
    """
    if kind == "parking":
        return ["space"]
    if kind == "shop":
        return ["shop", *_several("bathroom", bathrooms)]
    return [
        "entrance",
        *_several("living", living_rooms),
        "kitchen",
        *_several("bedroom", bedrooms),
        *_several("bathroom", bathrooms),
        "balcony",
    ]


def _several(room: str, number: int) -> list[str]:
    count = min(max(number, 1), MOST_ROOMS)
    return [room] if count == 1 else [f"{room}-{place}" for place in range(1, count + 1)]


class Station(StrEnum):
    """The way through the day of the handover, in this order (SVC-91)."""

    IDENTITY = "identity"
    FEES = "fees"
    INSPECTION = "inspection"
    DEFECTS = "defects"
    KEYS = "keys"
    SIGN = "sign"


STATIONS: Final = tuple(Station)


def next_station(station: str) -> Station | None:
    """Return the station after this one, None after the last."""
    place = STATIONS.index(Station(station)) + 1
    return STATIONS[place] if place < len(STATIONS) else None


class Refusal(StrEnum):
    """Why a buyer does not take the unit (SVC-91, SVC-92)."""

    QUALITY = "quality"
    DOCUMENTS = "documents"
    FEES = "fees"
    AREA = "area"
    OTHER = "other"


class Outcome(StrEnum):
    """How far an invited unit has come; all but the first are reasons not taken (SVC-92)."""

    TAKEN = "taken"
    REFUSED = "refused"
    MISSED = "missed"
    UNBOOKED = "unbooked"
    BOOKED = "booked"
    PRESENT = "present"
    PLANNED = "planned"  # not invited yet


REASONS: Final = (
    Outcome.REFUSED,
    Outcome.MISSED,
    Outcome.UNBOOKED,
    Outcome.BOOKED,
    Outcome.PRESENT,
)


def rate(taken: int, invited: int) -> float | None:
    """Return the handover rate in percent with one decimal; None while nobody is invited."""
    return round(100 * taken / invited, 1) if invited else None


class Duty(StrEnum):
    """Who has to be there on a day of the handover (SVC-94)."""

    LEAD = "lead"
    RECEPTION = "reception"
    ESCORT = "escort"
    KEYS = "keys"
    REPAIRS = "repairs"


class Side(StrEnum):
    """Whose people they are; the property company leads."""

    PROPERTY = "property"
    CENTRE = "centre"


def roster_gaps(duties: Iterable[tuple[str, str]]) -> list[Duty]:
    """Return the duties nobody stands for; the lead counts only from the property company."""
    held = {duty for duty, side in duties if duty != Duty.LEAD or side == Side.PROPERTY}
    return [duty for duty in Duty if duty not in held]


class TransferPart(StrEnum):
    """What goes to the property company with a unit (SVC-93)."""

    HOME = "home"
    WATER = "water"
    POWER = "power"
    GAS = "gas"
    KEYS = "keys"
    FILES = "files"


METERS: Final = (TransferPart.WATER, TransferPart.POWER, TransferPart.GAS)


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """Slots of equal length on one day, each for so many units at once."""

    first: datetime
    last: datetime
    minutes: int
    capacity: int

    def times(self) -> list[tuple[datetime, datetime]]:
        """Return start and end of each slot; what is left at the end of the day makes none."""
        step, found, start = timedelta(minutes=self.minutes), [], self.first
        while start + step <= self.last:
            found.append((start, start + step))
            start += step
        return found


def months_before(day: date, months: int) -> date:
    """Return the same day so many months earlier, the last of a shorter month."""
    number = day.year * 12 + day.month - 1 - months
    year, month = divmod(number, 12)
    first_of_next = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (first_of_next - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))
