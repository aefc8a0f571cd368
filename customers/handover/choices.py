"""The words of the handover in the language of the reader."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.handover.rules import (
    DefectState,
    DefectStep,
    Duty,
    Occasion,
    Outcome,
    Refusal,
    Risk,
    RiskArea,
    Severity,
    Side,
    Station,
    Trade,
    TransferPart,
)

AREAS = [
    (RiskArea.QUALITY.value, _("Quality of the building")),
    (RiskArea.SCHEDULE.value, _("Schedule")),
    (RiskArea.DOCUMENTS.value, pgettext_lazy("risk area", "Documents")),
    (RiskArea.FACILITIES.value, _("Facilities")),
]
RISKS = [
    (Risk.LOW.value, pgettext_lazy("risk", "Low")),
    (Risk.MEDIUM.value, pgettext_lazy("risk", "Medium")),
    (Risk.HIGH.value, pgettext_lazy("risk", "High")),
]
CHECKS = {
    "filing": _("The completion of the building is filed"),
    "papers": _("Quality guarantee, manual of use and filing form are printed"),
    "walked": _("Every unit was walked in the simulated inspection"),
    "stations": _("Stations, signs and way through the site are set up"),
    "facilities": _("Lifts, water, power and fire protection ran on trial"),
    "second_look": _("One unit in ten was looked at by a second inspector"),
    "answers": _("Answers to the questions buyers will ask are agreed"),
    "outside_report": _("An independent body has reported on the quality"),
    "rehearsal": _("The whole day was rehearsed"),
    "legal": _("Legal has read the plan for refusals and delays"),
}
TRADES = [
    (Trade.WALLS.value, _("Walls and ceilings")),
    (Trade.FLOOR.value, _("Floors")),
    (Trade.DOORS.value, _("Doors and windows")),
    (Trade.WATER.value, _("Water and drains")),
    (Trade.POWER.value, _("Electricity")),
    (Trade.SEALING.value, _("Damp and leaks")),
    (Trade.FITTINGS.value, _("Kitchen and bathroom fittings")),
    (Trade.OTHER.value, pgettext_lazy("trade", "Other")),
]
SEVERITIES = [
    (Severity.MINOR.value, pgettext_lazy("defect", "Minor")),
    (Severity.MAJOR.value, pgettext_lazy("defect", "Major")),
]
DEFECT_STATES = [
    (DefectState.OPEN.value, pgettext_lazy("defect", "To repair")),
    (DefectState.REPAIRED.value, pgettext_lazy("defect", "Repaired, to re-check")),
    (DefectState.CLOSED.value, pgettext_lazy("defect", "Closed")),
]
DEFECT_STEPS = [
    (DefectStep.FOUND.value, pgettext_lazy("defect", "Found")),
    (DefectStep.REPAIR.value, pgettext_lazy("defect", "Repaired")),
    (DefectStep.ACCEPT.value, pgettext_lazy("defect", "Re-check passed")),
    (DefectStep.FAIL.value, pgettext_lazy("defect", "Re-check failed")),
]
OCCASIONS = [
    (Occasion.SIMULATED.value, _("Simulated inspection")),
    (Occasion.HANDOVER.value, _("Inspection with the buyer")),
]
STATIONS = [
    (Station.IDENTITY.value, pgettext_lazy("station", "Identity")),
    (Station.FEES.value, pgettext_lazy("station", "Fees")),
    (Station.INSPECTION.value, pgettext_lazy("station", "Inspection")),
    (Station.DEFECTS.value, pgettext_lazy("station", "Defects")),
    (Station.KEYS.value, pgettext_lazy("station", "Keys")),
    (Station.SIGN.value, pgettext_lazy("station", "Signature")),
]
REFUSALS = [
    (Refusal.QUALITY.value, _("Quality of the unit")),
    (Refusal.DOCUMENTS.value, _("Documents missing")),
    (Refusal.FEES.value, _("Fees disputed")),
    (Refusal.AREA.value, _("Area disputed")),
    (Refusal.OTHER.value, pgettext_lazy("refusal", "Other")),
]
OUTCOMES = [
    (Outcome.TAKEN.value, pgettext_lazy("handover", "Taken over")),
    (Outcome.REFUSED.value, pgettext_lazy("handover", "Refused")),
    (Outcome.MISSED.value, pgettext_lazy("handover", "Did not come")),
    (Outcome.UNBOOKED.value, pgettext_lazy("handover", "No time booked")),
    (Outcome.BOOKED.value, pgettext_lazy("handover", "Time booked")),
    (Outcome.PRESENT.value, pgettext_lazy("handover", "On site")),
    (Outcome.PLANNED.value, pgettext_lazy("handover", "Not invited")),
]
DUTIES = [
    (Duty.LEAD.value, pgettext_lazy("duty", "Lead of the day")),
    (Duty.RECEPTION.value, pgettext_lazy("duty", "Reception")),
    (Duty.ESCORT.value, pgettext_lazy("duty", "Escort to the unit")),
    (Duty.KEYS.value, pgettext_lazy("duty", "Keys")),
    (Duty.REPAIRS.value, pgettext_lazy("duty", "Quick repairs")),
]
SIDES = [
    (Side.PROPERTY.value, _("Property company")),
    (Side.CENTRE.value, _("Customer relations centre")),
]
TRANSFER_PARTS = [
    (TransferPart.HOME.value, pgettext_lazy("transfer", "The unit itself")),
    (TransferPart.WATER.value, pgettext_lazy("transfer", "Water meter")),
    (TransferPart.POWER.value, pgettext_lazy("transfer", "Electricity meter")),
    (TransferPart.GAS.value, pgettext_lazy("transfer", "Gas meter")),
    (TransferPart.KEYS.value, pgettext_lazy("transfer", "Keys")),
    (TransferPart.FILES.value, pgettext_lazy("transfer", "Files")),
]
ROOMS = {
    "entrance": pgettext_lazy("room", "Entrance"),
    "living": pgettext_lazy("room", "Living room"),
    "kitchen": pgettext_lazy("room", "Kitchen"),
    "bedroom": pgettext_lazy("room", "Bedroom"),
    "bathroom": pgettext_lazy("room", "Bathroom"),
    "balcony": pgettext_lazy("room", "Balcony"),
    "shop": pgettext_lazy("room", "Shop floor"),
    "space": pgettext_lazy("room", "Parking space"),
}


def room_label(key: str) -> str:
    """Return the word of a room: "Bedroom 2" for ``bedroom-2``."""
    room, _dash, number = key.partition("-")
    word = ROOMS.get(room, room)
    return _now("%(room)s %(number)s") % {"room": word, "number": number} if number else str(word)
