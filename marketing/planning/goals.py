"""The register of marketing goals (MKT-01)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from crm_site.common.navigation import Label
from crm_site.registers.registry import (
    Draft,
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from customers.models import Project
from marketing.planning import choices
from marketing.planning.hooks import goal_sources
from marketing.planning.querysets import KEEP, VIEW
from marketing.registering import must

GOALS: Final = "marketing-goals"


def check_goal(draft: Draft) -> Mapping[str, Label]:
    """Refuse a goal without an end, one that ends before it starts, and one already reached."""
    if draft.due_at is None:
        return {"due_at": _("Write the day by which it is to be reached.")}
    start = parse_date(str(draft.values["starts_on"]))
    if start is None or timezone.localdate(draft.due_at) <= start:
        return {"due_at": _("The end lies after the start.")}
    if Decimal(draft.values["baseline"]) == Decimal(draft.values["target"]):
        return {"target": _("The goal equals what there is already.")}
    code = draft.values.get("project")
    if code and not Project.objects.filter(code=code).exists():
        return {"project": _("There is no project with this code.")}
    return {}


def definition() -> RegisterDefinition:
    """Return the register as the known figures make it."""
    return RegisterDefinition(
        key=GOALS,
        label=gettext_lazy("Marketing goals"),
        item=gettext_lazy("Marketing goal"),
        help=gettext_lazy("What is to be reached, measured by what, from where to where, by when."),
        fields=(
            must("kind", pgettext_lazy("goal", "Kind"), "choice", choices=choices.GOAL_KINDS),
            must("measure", gettext_lazy("Measured by")),
            RegisterField(
                key="source",
                label=gettext_lazy("Figure of the system"),
                type="choice",
                choices=tuple((one.key, one.label) for one in goal_sources()),
                help=gettext_lazy("Progress follows it; without one the last value is typed in."),
            ),
            must("baseline", pgettext_lazy("goal", "Baseline"), "number"),
            must("target", pgettext_lazy("goal", "Target"), "number"),
            RegisterField(
                key="current", label=gettext_lazy("Last value, where typed in"), type="number"
            ),
            must("starts_on", gettext_lazy("Starts on"), "date"),
            RegisterField(
                key="project",
                label=gettext_lazy("Code of the project"),
                help=gettext_lazy("Empty: the whole company."),
            ),
        ),
        title_label=pgettext_lazy("goal", "Goal"),
        due_label=gettext_lazy("To be reached by"),
        view_permission=VIEW,
        edit_permission=KEEP,
        check=check_goal,
        pages=(("marketing:goal-progress", gettext_lazy("Progress of the goals")),),
        outcomes=(
            Outcome(
                key="reached",
                label=pgettext_lazy("goal", "Reached"),
                asks=gettext_lazy("Evidence"),
                action=gettext_lazy("Reached: say what proves it"),
            ),
            Outcome(
                key="missed",
                label=pgettext_lazy("goal", "Missed"),
                asks=gettext_lazy("Reason"),
                action=gettext_lazy("Missed: say why and what follows"),
                tone="red",
                shape="cross",
            ),
        ),
    )


def register() -> None:
    """Make the register known, again once another figure is."""
    register_definition(definition())
