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
    "units": _("Units"),
    "area": _("Area (m²)"),
    "amount": _("Contract amount (yuan)"),
    "receipts": _("Receipts (yuan)"),
}
