"""The words of the time limits of tickets."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from service.clocks.rules.lights import Light
from service.clocks.rules.limits import Promise
from service.clocks.rules.rates import Verdict

CLOCKS = [
    (Promise.FIRST_TOUCH.value, pgettext_lazy("ticket clock", "First answer")),
    (Promise.RESPONSE.value, pgettext_lazy("ticket clock", "Desk response")),
    (Promise.FOLLOW_UP.value, pgettext_lazy("ticket clock", "Substantive follow-up")),
    (Promise.CLOSURE.value, pgettext_lazy("ticket clock", "Closed loop")),
]
VERDICTS = [
    (Verdict.KEPT.value, pgettext_lazy("ticket clock", "Within the limit")),
    (Verdict.LATE.value, pgettext_lazy("ticket clock", "Late")),
    (Verdict.OVERDUE.value, pgettext_lazy("ticket clock", "Overdue and open")),
]
LIGHTS = [
    (Light.OVERDUE.value, pgettext_lazy("ticket limit", "Overdue")),
    (Light.TODAY.value, pgettext_lazy("ticket limit", "Due today")),
    (Light.AHEAD.value, pgettext_lazy("ticket limit", "In time")),
    (Light.STILL.value, pgettext_lazy("ticket limit", "Stands still")),
]
ENTRIES = [
    ("started", pgettext_lazy("ticket clock", "Started")),
    ("paused", pgettext_lazy("ticket clock", "Stands still: waits for the customer")),
    ("resumed", pgettext_lazy("ticket clock", "Goes on")),
    ("retargeted", pgettext_lazy("ticket clock", "Another limit")),
    ("met", pgettext_lazy("ticket clock", "Met")),
    ("breached", pgettext_lazy("ticket clock", "Ran out")),
    ("cancelled", pgettext_lazy("ticket clock", "Cancelled")),
    ("revived", pgettext_lazy("ticket clock", "Counts again")),
    ("recomputed", pgettext_lazy("ticket clock", "Computed again: the official calendar changed")),
]
MEASURES = [
    ("measure", pgettext_lazy("concern", "Measure")),
    ("decision", pgettext_lazy("concern", "Decision to do nothing more")),
]
CALENDARS = {
    "service_desk": _("Service desk: workdays with lunch break"),
    "sales_office": _("Sales office: every day"),
    "hotline": _("Hotline: every day, longer in summer"),
}
