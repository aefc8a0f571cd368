"""The words of knowledge: audiences, stages, states, ways of answering."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

PUBLIC, STAFF = "public", "staff"
AUDIENCES: Final = [
    (PUBLIC, pgettext_lazy("audience", "Everybody, also on the help page")),
    (STAFF, pgettext_lazy("audience", "Staff only")),
]
PRE, IN, AFTER = "pre_sale", "in_sale", "after_sale"
STAGES: Final = [
    (PRE, pgettext_lazy("stage of sale", "Before the sale")),
    (IN, pgettext_lazy("stage of sale", "During the sale")),
    (AFTER, pgettext_lazy("stage of sale", "After the sale")),
]
LANGUAGES: Final = [("zh-hans", _("Chinese")), ("en", _("English"))]
OPEN, ASSIGNED, ANSWERED, DISMISSED = "open", "assigned", "answered", "dismissed"
MISSING_STATES: Final = [
    (OPEN, pgettext_lazy("missing answer", "Open")),
    (ASSIGNED, pgettext_lazy("missing answer", "Assigned")),
    (ANSWERED, pgettext_lazy("missing answer", "Answered by an article")),
    (DISMISSED, pgettext_lazy("missing answer", "Needs no article")),
]
HELP, DESK, TICKET = "help", "desk", "ticket"
SOURCES: Final = [
    (HELP, pgettext_lazy("missing answer", "Help page")),
    (DESK, pgettext_lazy("missing answer", "Search of the staff")),
    (TICKET, pgettext_lazy("missing answer", "Ticket")),
]
WAYS: Final = [
    ("phone", pgettext_lazy("told by", "Phone call")),
    ("message", pgettext_lazy("told by", "Message")),
    ("letter", pgettext_lazy("told by", "Letter or e-mail")),
    ("visit", pgettext_lazy("told by", "In person")),
]
OPINIONS: Final = ("suggestion", "complaint")
REMARKS: Final = ("survey", "care")
SCORES: Final = [
    (5, pgettext_lazy("satisfaction", "5 – very satisfied")),
    (4, pgettext_lazy("satisfaction", "4 – satisfied")),
    (3, pgettext_lazy("satisfaction", "3 – neither nor")),
    (2, pgettext_lazy("satisfaction", "2 – not satisfied")),
    (1, pgettext_lazy("satisfaction", "1 – not satisfied at all")),
]
LINES: Final = [
    ("stage", pgettext_lazy("service", "Service of the sale")),
    ("upgrade", pgettext_lazy("service", "Extended service")),
    ("value_added", pgettext_lazy("service", "Value-added service")),
]
ORDER_STATES: Final = [
    ("requested", pgettext_lazy("service booking", "Requested")),
    ("confirmed", pgettext_lazy("service booking", "Confirmed")),
    ("delivered", pgettext_lazy("service booking", "Delivered")),
    ("rated", pgettext_lazy("service booking", "Delivered and rated")),
    ("cancelled", pgettext_lazy("service booking", "Called off")),
]
CONTENT_NAMES: Final = {
    "unit-information": _("Information on units"),
    "offer-information": _("Information on offers"),
    "process-information": _("How buying works"),
    "viewing": _("Booking of a viewing"),
    "vr-tour": _("VR tour"),
    "adviser": _("Property adviser"),
    "pros-and-risks": _("Pros and risks explained"),
    "handover": _("Handover of the home"),
    "property-transfer": _("Transfer of the property"),
    "after-sales": _("After-sales service"),
    "purchase-planning": _("Purchase planning"),
    "professional-adviser": _("Professional adviser"),
    "after-sales-guarantee": _("After-sales guarantee"),
    "rental-help": _("Help with renting out"),
    "resale-help": _("Help with reselling"),
    "housekeeping": _("Housekeeping"),
    "finance": _("Financial services"),
    "leisure": _("Leisure and travel"),
}
FUNCTIONS: Final = [
    ("quality", pgettext_lazy("customer-relations centre", "Quality")),
    ("club", pgettext_lazy("customer-relations centre", "Club")),
    ("public_relations", pgettext_lazy("customer-relations centre", "Public relations")),
    ("repairs", pgettext_lazy("customer-relations centre", "Repairs")),
    ("complaints", pgettext_lazy("customer-relations centre", "Complaints")),
    ("handover", pgettext_lazy("customer-relations centre", "Handover")),
    ("call_centre", pgettext_lazy("customer-relations centre", "Call centre")),
    ("service", pgettext_lazy("customer-relations centre", "Service")),
]
DUTIES: Final = [
    ("plan", pgettext_lazy("duty of the centre", "Plan")),
    ("promote", pgettext_lazy("duty of the centre", "Promote")),
    ("carry_out", pgettext_lazy("duty of the centre", "Carry out")),
    ("monitor", pgettext_lazy("duty of the centre", "Monitor")),
    ("evaluate", pgettext_lazy("duty of the centre", "Evaluate")),
]
