"""The register of channel risks (MKT-71)."""

from datetime import timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.registers.registry import (
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from marketing.channels.querysets import PARTNERS, VIEW

RISKS: Final = "channel-risks"
KINDS: Final = (
    ("hijack", _("Customer taken from somebody else")),
    ("false_lead", _("Lead made up")),
    ("duplicate", _("Customer claimed twice")),
    ("promise", _("Promise without authority")),
    ("dependence", _("Dependence on one channel")),
    ("other", pgettext_lazy("risk", "Other")),
)
LEVELS: Final = (
    ("high", pgettext_lazy("risk", "High")),
    ("medium", pgettext_lazy("risk", "Medium")),
    ("low", pgettext_lazy("risk", "Low")),
)


def register() -> None:
    """Make the register known."""
    register_definition(
        RegisterDefinition(
            key=RISKS,
            label=_("Channel risks"),
            item=_("Channel risk"),
            help=_("What can go wrong with channels and partners, and what is done about it."),
            fields=(
                RegisterField(
                    key="kind", label=_("Kind"), type="choice", choices=KINDS, required=True
                ),
                RegisterField(
                    key="level",
                    label=pgettext_lazy("risk", "Level"),
                    type="choice",
                    choices=LEVELS,
                    required=True,
                ),
                RegisterField(
                    key="measure",
                    label=pgettext_lazy("risk", "Measure"),
                    type="long",
                    required=True,
                ),
                RegisterField(key="partner", label=_("Partner")),
            ),
            title_label=_("Risk"),
            due_label=_("Measure done by"),
            view_permission=VIEW,
            edit_permission=PARTNERS,
            review_every=timedelta(days=90),
            outcomes=(
                Outcome(
                    key="mastered",
                    label=_("Mastered"),
                    asks=_("What shows it"),
                    action=_("Mastered: say what shows it"),
                ),
            ),
        )
    )
