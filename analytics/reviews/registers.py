"""Lists of reviews: levers by KPI, goals of the programme, evidence of the four elements."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from analytics.registering import must
from analytics.reviews import choices
from analytics.reviews.figures import kpi_choices
from analytics.reviews.querysets import DIRECT, KEEP, VIEW
from analytics.reviews.rules.levers import built_in, library_group
from crm_site.common.navigation import Label
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import (
    Draft,
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)

LEVERS: Final = "kpi-levers"
GOALS: Final = "programme-goals"
ELEMENTS: Final = "long-term-elements"
SHORT_DAYS, MID_DAYS = 366, 3 * 366
EVERY_QUARTER: Final = timedelta(days=91)


def check_goal(draft: Draft) -> Mapping[str, Label]:
    """Refuse a goal without a day, outside of its term, or equal to what there is."""
    if draft.due_at is None:
        return {"due_at": _("Write the day by which it is to be reached.")}
    start = parse_date(str(draft.values.get("starts_on") or "")) or timezone.localdate(draft.now)
    days = (timezone.localdate(draft.due_at) - start).days
    if days <= 0:
        return {"due_at": _("The goal has to be set before it starts: the end lies after it.")}
    if draft.values["term"] == "short" and days > SHORT_DAYS:
        return {"term": _("A short-term goal is reached within a year.")}
    if draft.values["term"] == "mid" and not SHORT_DAYS <= days <= MID_DAYS:
        return {"term": _("A mid-term goal takes one to three years.")}
    if Decimal(draft.values["base"]) == Decimal(draft.values["goal"]):
        return {"goal": _("The goal equals what there is already.")}
    return {}


def goals() -> RegisterDefinition:
    """Return the register of the programme's goals (ANA-32)."""
    return RegisterDefinition(
        key=GOALS,
        label=gettext_lazy("Goals of the programme"),
        item=gettext_lazy("Goal of the programme"),
        help=gettext_lazy(
            "What customer management is to bring, by when, and which KPI measures it. Goals are"
            " set before the start and looked at every quarter."
        ),
        fields=(
            must("term", pgettext_lazy("goal", "Term"), "choice", choices=tuple(choices.TERMS)),
            must(
                "measured_by",
                gettext_lazy("Measured by"),
                "choice",
                choices=tuple(kpi_choices()),
                help=gettext_lazy("A goal that nothing measures is none."),
            ),
            must("base", pgettext_lazy("goal", "Value at the start"), "number"),
            must("goal", pgettext_lazy("goal", "Value to reach"), "number"),
            must("starts_on", gettext_lazy("Starts on"), "date"),
            RegisterField(key="benefit", label=gettext_lazy("Benefit"), type="long"),
        ),
        title_label=pgettext_lazy("goal", "Goal"),
        due_label=gettext_lazy("To be reached by"),
        view_permission=VIEW,
        edit_permission=DIRECT,
        review_every=EVERY_QUARTER,
        check=check_goal,
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


def levers() -> RegisterDefinition:
    """Return the register of measures that move a group of KPIs (ANA-69)."""
    return RegisterDefinition(
        key=LEVERS,
        label=gettext_lazy("Levers by KPI"),
        item=gettext_lazy("Lever"),
        help=gettext_lazy(
            "Measures that helped. A figure off target proposes those of its group, beside the"
            " ones that come with the product."
        ),
        fields=(
            must("group", gettext_lazy("Group of KPIs"), "choice", choices=tuple(choices.GROUPS)),
            RegisterField(
                key="kpi",
                label=gettext_lazy("Only for"),
                type="choice",
                choices=tuple(kpi_choices()),
                help=gettext_lazy("Empty: for every KPI of the group."),
            ),
            RegisterField(key="how", label=gettext_lazy("How it works"), type="long"),
        ),
        title_label=pgettext_lazy("improvement", "Measure"),
        view_permission=VIEW,
        edit_permission=KEEP,
        review_every=timedelta(days=365),
        outcomes=(
            Outcome(
                key="dropped",
                label=pgettext_lazy("lever", "Dropped"),
                asks=gettext_lazy("Reason"),
                action=gettext_lazy("Drop it: say why it does not help"),
                tone="",
                shape="cross",
            ),
        ),
    )


def elements() -> RegisterDefinition:
    """Return the register of evidence for the four long-term elements (ANA-75)."""
    return RegisterDefinition(
        key=ELEMENTS,
        label=gettext_lazy("Evidence of the four elements"),
        item=gettext_lazy("Evidence"),
        help=gettext_lazy(
            "What shows that organisation, culture, technology and improvement live."
        ),
        fields=(
            must("element", gettext_lazy("Element"), "choice", choices=tuple(choices.ELEMENTS)),
            must("shows", gettext_lazy("What it shows"), "long"),
        ),
        title_label=gettext_lazy("Evidence"),
        view_permission=VIEW,
        edit_permission=KEEP,
    )


def levers_for(kpi: str, group: str) -> list[str]:
    """Return the measures proposed for a KPI: those that come along, then those of the register."""
    found = [str(choices.LEVERS[key]) for key in built_in(group)]
    shared = library_group(group)
    if not shared:
        return found
    rows = RegisterEntry.objects.of(LEVERS).open().filter(values__group=shared)
    rows = rows.exclude(values__has_key="kpi") | rows.filter(values__kpi=kpi)
    return [*found, *rows.order_by("title").values_list("title", flat=True)]


def register() -> None:
    """Make the registers known."""
    for make in (goals, levers, elements):
        register_definition(make())
