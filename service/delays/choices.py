"""The words of delays in the language of the reader."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service.delays.rules import Base

RECOVERED, HANDED_OVER, DONE = "recovered", "handed_over", "done"
ENDINGS = [
    (RECOVERED, _("The forecast is back in time")),
    (HANDED_OVER, _("All homes are handed over")),
    (DONE, _("The facility is done or settled")),
]
BASES = [
    (Base.PAID.value, _("What the buyer has paid")),
    (Base.PRICE.value, _("The agreed price")),
]
BUILDING, FACILITY = "building", "facility"
ABOUT = [
    (BUILDING, pgettext_lazy("delay", "Handover")),
    (FACILITY, pgettext_lazy("delay", "Facility")),
]
OPEN, ENDED = "open", "ended"
STATES = [(OPEN, pgettext_lazy("delay", "Open")), (ENDED, pgettext_lazy("delay", "Ended"))]
FACILITIES = (
    ("school", _("School")),
    ("kindergarten", _("Kindergarten")),
    ("transport", _("Metro, bus or road")),
    ("shops", _("Shops and market")),
    ("medical", _("Medical care")),
    ("green", _("Park and green space")),
    ("club", _("Clubhouse and sports")),
    ("parking", _("Parking")),
    ("other", pgettext_lazy("facility", "Other")),
)
PLACES = (
    ("contract", _("Contract")),
    ("advert", _("Advertisement")),
    ("manual", _("Sales manual")),
    ("model", _("Model and show flat")),
    ("spoken", _("Said by a consultant")),
)
CENTRE: Final = ("service_manager", "agent", "specialist")
