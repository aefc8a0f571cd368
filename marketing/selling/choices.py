"""The words of selling in the language of the reader."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from marketing.selling.rules.plans import PlanState
from marketing.selling.rules.spans import Grain

GRAINS = [
    (Grain.YEAR.value, pgettext_lazy("span", "Year")),
    (Grain.MONTH.value, pgettext_lazy("span", "Month")),
    (Grain.WEEK.value, pgettext_lazy("span", "Week")),
    (Grain.DAY.value, pgettext_lazy("span", "Day")),
]
PLAN_GRAINS = GRAINS[:3]
PLAN_STATES = [
    (PlanState.DRAFT.value, pgettext_lazy("sales plan", "Draft")),
    (PlanState.ASKED.value, pgettext_lazy("sales plan", "Waits for approval")),
    (PlanState.APPROVED.value, pgettext_lazy("sales plan", "In force")),
    (PlanState.REPLACED.value, pgettext_lazy("sales plan", "Replaced")),
]
FIGURES = {
    "units": pgettext_lazy("sold", "Units"),
    "area": _("Area (m²)"),
    "amount": _("Contract amount (yuan)"),
    "receipts": _("Receipts (yuan)"),
}
CHECK_KINDS = [
    ("call", pgettext_lazy("check of selling", "Call")),
    ("chat", pgettext_lazy("check of selling", "Chat")),
    ("mystery", pgettext_lazy("check of selling", "Mystery customer")),
]
CHECK_STATES = [
    ("open", pgettext_lazy("check of selling", "To be checked")),
    ("done", pgettext_lazy("check of selling", "Checked")),
    ("void", pgettext_lazy("check of selling", "Struck")),
]
LEVELS = [
    ("expert", pgettext_lazy("competence", "Expert")),
    ("qualified", pgettext_lazy("competence", "Qualified")),
    ("training", pgettext_lazy("competence", "In training")),
    ("untested", pgettext_lazy("competence", "Tests missing")),
]
SOURCES = [
    ("credit_report", _("Credit report")),
    ("bank_summary", _("Summary of a bank statement")),
    ("outside_crm", _("Customer system of another company")),
]
VERDICTS = [
    ("good", pgettext_lazy("third-party result", "Sound")),
    ("limited", pgettext_lazy("third-party result", "With limits")),
    ("poor", pgettext_lazy("third-party result", "Not sound")),
    ("unclear", pgettext_lazy("third-party result", "Unclear")),
]
AIMS = [
    ("mortgage", _("Check before a mortgage")),
    ("qualification", _("Permission to buy")),
    ("channel", _("Confirmation of the channel")),
]
INTERVIEW_STATES = [
    ("planned", pgettext_lazy("interview", "Planned")),
    ("held", pgettext_lazy("interview", "Held")),
    ("dropped", pgettext_lazy("interview", "Not held")),
]
INSIGHTS = [
    ("need", pgettext_lazy("insight", "Need")),
    ("motive", pgettext_lazy("insight", "Motive to buy")),
    ("doubt", pgettext_lazy("insight", "Doubt")),
    ("product", pgettext_lazy("insight", "Product")),
    ("price", pgettext_lazy("insight", "Price")),
    ("service", pgettext_lazy("insight", "Service")),
    ("channel", pgettext_lazy("insight", "How they came to us")),
    ("competitor", pgettext_lazy("insight", "Competitor")),
]
