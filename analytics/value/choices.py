"""The closed lists of value, with their words."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers import choices

FEE, RETURN = "fee", "return"
INCOMES: Final = [
    (FEE, pgettext_lazy("income", "Service fee")),
    (RETURN, pgettext_lazy("income", "Investment return")),
]
ACQUISITION, SERVICE, CARE, COMPENSATION, COMPLAINT = (
    *("acquisition", "service", "care"),
    *("compensation", "complaint"),
)
COSTS: Final = [
    (ACQUISITION, pgettext_lazy("cost", "Acquisition")),
    (SERVICE, pgettext_lazy("cost", "Service")),
    (CARE, pgettext_lazy("cost", "Care")),
    (COMPENSATION, pgettext_lazy("cost", "Compensation")),
    (COMPLAINT, pgettext_lazy("cost", "Complaints")),
]
# What each kind of cost is shared out by.
DRIVERS: Final = {
    ACQUISITION: _("by the leads of the month"),
    SERVICE: _("by the tickets of the month"),
    CARE: _("one part for each owner"),
    COMPENSATION: _("by the complaints of the month"),
    COMPLAINT: _("by the complaints of the month"),
}

HIGH, MIDDLE, LOW = "high", "middle", "low"
BY_VALUE: Final = [
    (HIGH, pgettext_lazy("value", "High")),
    (MIDDLE, pgettext_lazy("value", "Middle")),
    (LOW, pgettext_lazy("value", "Low")),
]
UNKNOWN: Final = "unknown"
BY_NEED: Final = [*choices.PURPOSES_OF_BUYING, (UNKNOWN, pgettext_lazy("need", "Not known"))]
BY_BEHAVIOUR: Final = [
    ("active", pgettext_lazy("behaviour", "Active")),
    ("warm", pgettext_lazy("behaviour", "Warm")),
    ("quiet", pgettext_lazy("behaviour", "Quiet")),
    ("silent", pgettext_lazy("behaviour", "Silent")),
]
LEFT: Final = "left"
BY_STAGE: Final = [*choices.BUYING_STAGES, (LEFT, pgettext_lazy("stage", "Left"))]
METHODS: Final = {
    "value": (_("By value"), BY_VALUE),
    "need": (_("By need"), BY_NEED),
    "behaviour": (_("By behaviour"), BY_BEHAVIOUR),
    "stage": (_("By stage"), BY_STAGE),
}

PROPOSED, APPROVED, REJECTED = "proposed", "approved", "rejected"
RULE_STATES: Final = [
    (PROPOSED, pgettext_lazy("rule", "Proposed")),
    (APPROVED, pgettext_lazy("rule", "Recommended")),
    (REJECTED, pgettext_lazy("rule", "Rejected")),
]

READY, SHORT, EMPTY = "ready", "short", "empty"
FORECAST_STATES: Final = [
    (READY, pgettext_lazy("forecast", "Forecast")),
    (SHORT, pgettext_lazy("forecast", "Too little history")),
    (EMPTY, pgettext_lazy("forecast", "No data")),
]
LEADS, SALES, PRICE, DEMAND = "leads", "sales", "price", "demand"
SERIES: Final = [
    (LEADS, _("New leads")),
    (SALES, _("Homes sold")),
    (PRICE, _("Price per square metre (yuan)")),
    (DEMAND, _("Demand: customers who asked or came")),
]

OPEN, ACCEPTED = "open", "accepted"
EXPIRED: Final = "expired"
ADVICE_STATES: Final = [
    (OPEN, pgettext_lazy("advice", "Open")),
    (ACCEPTED, pgettext_lazy("advice", "Accepted")),
    (REJECTED, pgettext_lazy("advice", "Rejected")),
    (EXPIRED, pgettext_lazy("advice", "Expired")),
]
SHIFT, CALLS, NODE, BUDGET = "shift", "calls", "node", "budget"
ADVICE_KINDS: Final = [
    (SHIFT, pgettext_lazy("advice", "Shift effort")),
    (CALLS, pgettext_lazy("advice", "Call list")),
    (NODE, pgettext_lazy("advice", "Fix the weakest step")),
    (BUDGET, pgettext_lazy("advice", "Split of the budget")),
]

INTENT_STAGES = [
    ("lead", pgettext_lazy("score model", "Enquiry")),
    ("visit", pgettext_lazy("score model", "Visit")),
]
