"""What the checks before a launch found: two registers about projects (SVC-69, SVC-70)."""

from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import (
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from customers.models import Project

SALES_RISKS: Final = "sales-risks"
SUGGESTIONS: Final = "comfort-suggestions"
PROJECT: Final = "project"
HIGH: Final = "high"
SEVERITIES = (
    (HIGH, pgettext_lazy("risk", "High")),
    ("medium", pgettext_lazy("risk", "Medium")),
    ("low", pgettext_lazy("risk", "Low")),
)
DEPARTMENTS = (
    ("sales", pgettext_lazy("department", "Sales")),
    ("marketing", pgettext_lazy("department", "Marketing")),
    ("design", pgettext_lazy("department", "Design")),
    ("engineering", pgettext_lazy("department", "Engineering")),
    ("cost", pgettext_lazy("department", "Cost and procurement")),
    ("legal", pgettext_lazy("department", "Legal")),
    ("property", pgettext_lazy("department", "Property management")),
)
PLACES = (
    ("site", _("Sales site")),
    ("room", _("Signing room")),
    ("way", _("Way there and parking")),
)
OPEN_REGISTER, CHECK = "customers.view_customer", "customers.check_launch"

RISKS = RegisterDefinition(
    key=SALES_RISKS,
    label=_("Sales risks"),
    item=_("Sales risk"),
    help=_("What a sales risk check found. An open high risk keeps the project from its launch."),
    fields=(
        RegisterField(key="item", label=_("Item checked"), required=True),
        RegisterField(
            key="severity",
            label=pgettext_lazy("risk", "Severity"),
            type="choice",
            choices=SEVERITIES,
            required=True,
        ),
        RegisterField(
            key="department",
            label=_("Department that corrects it"),
            type="choice",
            choices=DEPARTMENTS,
            required=True,
        ),
        RegisterField(key="correction", label=_("Correction"), type="long"),
    ),
    title_label=_("Fault"),
    due_label=_("Corrected by"),
    subject_kind=PROJECT,
    view_permission=OPEN_REGISTER,
    edit_permission=CHECK,
    outcomes=(
        Outcome(
            key="corrected",
            label=_("Corrected"),
            asks=_("What the re-check found"),
            action=_("Corrected: say what the re-check found"),
        ),
        Outcome(
            key="void",
            label=_("No risk"),
            asks=_("Reason"),
            action=_("No risk after all: say why"),
            tone="",
            shape="cross",
        ),
    ),
)
COMFORT = RegisterDefinition(
    key=SUGGESTIONS,
    label=_("Comfort suggestions"),
    item=_("Suggestion of a comfort check"),
    help=_("What would make sales site and signing room pleasanter, and what was answered."),
    fields=(
        RegisterField(key="place", label=_("Where"), type="choice", choices=PLACES, required=True),
        RegisterField(key="why", label=_("What was noticed"), type="long"),
    ),
    title_label=_("Suggestion"),
    due_label=_("Answered by"),
    subject_kind=PROJECT,
    view_permission=OPEN_REGISTER,
    edit_permission=CHECK,
    outcomes=(
        Outcome(key="done", label=_("Done"), asks=_("Reply"), action=_("Done: write the reply")),
        Outcome(
            key="declined",
            label=pgettext_lazy("suggestion", "Not taken up"),
            asks=_("Reply"),
            action=_("Not taken up: write the reply"),
            tone="",
            shape="cross",
        ),
    ),
)


def entries_about(project: Project, register: str) -> "QuerySet[RegisterEntry]":
    """Return what a register says about a project, open entries first."""
    rows = RegisterEntry.objects.of(register).about(PROJECT, project.pk)
    return rows.select_related("owner").order_by("closed_at", "due_at", "-pk")


def open_high_risks(project: Project) -> list[str]:
    """Return the faults of high severity that no re-check has closed (SVC-69)."""
    rows = RegisterEntry.objects.of(SALES_RISKS).about(PROJECT, project.pk).open()
    return list(rows.filter(values__severity=HIGH).order_by("pk").values_list("title", flat=True))


def unanswered_suggestions(project: Project) -> list[str]:
    """Return the suggestions of comfort checks without a reply (SVC-70)."""
    rows = RegisterEntry.objects.of(SUGGESTIONS).about(PROJECT, project.pk).open()
    return list(rows.order_by("pk").values_list("title", flat=True))


def register() -> None:
    """Make both registers known."""
    register_definition(RISKS)
    register_definition(COMFORT)
