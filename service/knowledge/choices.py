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
