"""Research on what customers need: each finding has a receiver and gets an answer (ANA-58)."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.registering import must
from analytics.value.models import VIEW
from crm_site.registers.registry import (
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)

RESEARCH: Final = "needs-research"
EDIT: Final = "analytics.decide_value"
RECEIVERS: Final = (
    ("design", pgettext_lazy("receiver", "Design")),
    ("positioning", pgettext_lazy("receiver", "Positioning and launch")),
    ("service", pgettext_lazy("receiver", "Service")),
    ("price", pgettext_lazy("receiver", "Prices")),
)
METHODS: Final = (
    ("interviews", pgettext_lazy("research", "Interviews")),
    ("survey", pgettext_lazy("research", "Survey")),
    ("records", pgettext_lazy("research", "Own records and groups")),
    ("market", pgettext_lazy("research", "Market study")),
)


def register() -> None:
    """Make the register known."""
    register_definition(
        RegisterDefinition(
            key=RESEARCH,
            label=_("Research on customer needs"),
            item=_("Finding of research"),
            help=_("What research found customers to need, who has to answer it, and the answer."),
            fields=(
                must("project", _("Research project")),
                must("method", _("Method of research"), "choice", choices=METHODS),
                must("receiver", _("Receiver"), "choice", choices=RECEIVERS),
                RegisterField(key="evidence", label=_("What it rests on"), type="long"),
            ),
            title_label=_("What was found"),
            due_label=_("To be answered by"),
            view_permission=VIEW,
            edit_permission=EDIT,
            outcomes=(
                Outcome(
                    key="used",
                    label=pgettext_lazy("finding", "Used"),
                    asks=_("Where and how it is used"),
                    action=_("Used: say where and how"),
                ),
                Outcome(
                    key="not_used",
                    label=pgettext_lazy("finding", "Not used"),
                    asks=_("Why it is not used"),
                    action=_("Not used: say why"),
                    tone="amber",
                    shape="half",
                ),
            ),
        )
    )
