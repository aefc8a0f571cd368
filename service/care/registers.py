"""What inspections after a year found, and what became of it (SVC-88)."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.registers.registry import (
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from service.care.forms_of_record import ITEM

FINDINGS: Final = "inspection-findings"
TRADES = (
    ("walls", _("Walls, ceilings, floors")),
    ("openings", _("Doors and windows")),
    ("water", _("Water and drainage")),
    ("power", _("Power and lighting")),
    ("other", pgettext_lazy("trade", "Other")),
)


def register() -> None:
    """Make the register known."""
    register_definition(
        RegisterDefinition(
            key=FINDINGS,
            label=_("Findings of inspections"),
            item=_("Finding of an inspection"),
            help=_("What the inspection of a home after a year found; open until it is corrected."),
            fields=(
                RegisterField(
                    key="trade",
                    label=_("Part of the home"),
                    type="choice",
                    choices=TRADES,
                    required=True,
                ),
                RegisterField(key="correction", label=_("Correction"), type="long"),
            ),
            title_label=_("What was found"),
            due_label=_("Corrected by"),
            subject_kind=ITEM,
            view_permission="service.view_care",
            edit_permission="service.plan_care",
            outcomes=(
                Outcome(
                    key="corrected",
                    label=_("Corrected"),
                    asks=_("What the re-check found"),
                    action=_("Corrected: say what the re-check found"),
                ),
                Outcome(
                    key="void",
                    label=_("No fault"),
                    asks=_("Why it is none"),
                    action=_("No fault: say why"),
                ),
            ),
        )
    )
