"""What checks of honest selling found (MKT-63)."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.registers.registry import (
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from marketing.selling.policies import SEVERITIES
from marketing.selling.querysets import CHECK, SEE_QUALITY

FINDINGS: Final = "honest-selling-findings"
CHECK_SUBJECT: Final = "selling-check"
WITHDRAWN: Final = "withdrawn"


def register() -> None:
    """Make the register known."""
    register_definition(
        RegisterDefinition(
            key=FINDINGS,
            label=_("Findings of honest selling"),
            item=_("Finding of honest selling"),
            help=_("Open and upheld findings lower the quality score of the consultant."),
            fields=(
                RegisterField(
                    key="severity",
                    label=pgettext_lazy("finding", "Severity"),
                    type="choice",
                    choices=tuple(SEVERITIES.items()),
                    required=True,
                ),
                RegisterField(key="words", label=_("What was said or done"), type="long"),
            ),
            title_label=pgettext_lazy("check of selling", "Finding"),
            due_label=_("Heard by"),
            subject_kind=CHECK_SUBJECT,
            view_permission=SEE_QUALITY,
            edit_permission=CHECK,
            outcomes=(
                Outcome(
                    key="upheld",
                    label=pgettext_lazy("finding", "Upheld"),
                    asks=_("What the consultant said, and what follows"),
                    action=_("Uphold it: say what the consultant said and what follows"),
                    tone="red",
                    shape="dot",
                ),
                Outcome(
                    key=WITHDRAWN,
                    label=pgettext_lazy("finding", "Withdrawn"),
                    asks=_("Reason"),
                    action=_("Withdraw it: say why it does not hold"),
                    tone="",
                    shape="cross",
                ),
            ),
        )
    )
