"""The words of planning."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

GOAL_KINDS: Final = (
    ("share", _("Market share")),
    ("brand", _("Brand awareness")),
    ("relation", _("Customer relations")),
    ("sales", _("Sales growth")),
)
METHODS: Final = (
    ("interview", pgettext_lazy("survey method", "Interviews")),
    ("questionnaire", pgettext_lazy("survey method", "Questionnaire")),
    ("visit", pgettext_lazy("survey method", "Visits of competing projects")),
    ("desk", pgettext_lazy("survey method", "Published figures")),
    ("data", pgettext_lazy("survey method", "Own data")),
)
TRENDS: Final = (
    ("policy", pgettext_lazy("trend", "Policy")),
    ("demand", pgettext_lazy("trend", "Demand")),
    ("technology", pgettext_lazy("trend", "Technology")),
    ("green", pgettext_lazy("trend", "Green building")),
    ("regions", pgettext_lazy("trend", "Regional divergence")),
)
DECISIONS: Final = (
    ("plan", _("A plan follows it")),
    ("none", _("No action")),
)
COMPETITORS: Final = (
    ("group", _("Large group")),
    ("regional", _("Regional developer")),
    ("platform", _("Internet platform")),
)
POINTS: Final = (
    ("location", pgettext_lazy("selling point", "Location")),
    ("facilities", pgettext_lazy("selling point", "Facilities")),
    ("quality", pgettext_lazy("selling point", "Build quality")),
    ("greenery", pgettext_lazy("selling point", "Greenery rate")),
    ("layout", pgettext_lazy("selling point", "Layout")),
    ("green", pgettext_lazy("selling point", "Green building")),
    ("smart", pgettext_lazy("selling point", "Smart community")),
)
BRAND: Final = (
    ("awareness", pgettext_lazy("brand", "Awareness")),
    ("loyalty", pgettext_lazy("brand", "Loyalty")),
    ("association", pgettext_lazy("brand", "Association")),
    ("premium", pgettext_lazy("brand", "Premium")),
)
HANDED_BY: Final = (
    ("paper", _("Printed, in person")),
    ("wechat", _("WeChat")),
    ("email", _("E-mail")),
)
STEPS: Final = (
    ("draft", pgettext_lazy("annual plan", "Drafted")),
    ("revise", pgettext_lazy("annual plan", "Revised and sent for approval")),
    ("issue", pgettext_lazy("annual plan", "Issued")),
    ("carry_out", pgettext_lazy("annual plan", "In force on 1 January")),
)
