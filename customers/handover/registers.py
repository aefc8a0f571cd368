"""Two registers of the handover: risks found before it, problems of its days (SVC-79, SVC-94)."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.registers.registry import RegisterDefinition, RegisterField, register_definition
from customers.handover import choices

RISKS: Final = "delivery-risks"
PROBLEMS: Final = "delivery-problems"
WORK = "customers.hand_over_unit"

DEFINITIONS = (
    RegisterDefinition(
        key=RISKS,
        label=_("Handover risks"),
        item=_("Risk of a handover"),
        help=_("What the risk group of a project found, and how it was corrected."),
        fields=(
            RegisterField(
                key="area",
                label=_("Area"),
                type="choice",
                choices=tuple(choices.AREAS),
                required=True,
            ),
        ),
        title_label=_("What may go wrong"),
        due_label=_("Correct by"),
        subject_kind="project",
        view_permission=WORK,
        edit_permission=WORK,
    ),
    RegisterDefinition(
        key=PROBLEMS,
        label=_("Problems of handover days"),
        item=_("Problem of a handover day"),
        help=_("What went wrong on a day of the handover, and what was done about it."),
        fields=(
            RegisterField(
                key="duty",
                label=pgettext_lazy("register", "Where"),
                type="choice",
                choices=tuple(choices.DUTIES),
                required=True,
            ),
        ),
        title_label=_("What went wrong"),
        due_label=_("Solve by"),
        subject_kind="delivery-batch",
        view_permission=WORK,
        edit_permission=WORK,
    ),
)


def register() -> None:
    """Make both registers known; safe to call again."""
    for definition in DEFINITIONS:
        register_definition(definition)
