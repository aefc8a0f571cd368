"""Requests for better products: a register whose answers the next project reads (SVC-40)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.policies.services import in_force
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import (
    Draft,
    Outcome,
    RegisterDefinition,
    RegisterField,
    register_definition,
)
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from crm_site.staff.selectors import staff_under
from customers.models import Project
from service.repairs.policies import LEARNING

REGISTER: Final = "improvements"
PROJECT: Final = "project"
TAKEN: Final = "taken"
ANSWER: Final = "service.answer_improvements"
TARGETS = (
    ("design", _("Planning and design")),
    ("engineering", _("Engineering quality")),
    ("positioning", _("Positioning of projects")),
    ("procurement", _("Procurement")),
)
ANSWERERS = ("engineering", "service_manager", "executive")


def _has_limit(draft: Draft) -> dict[str, object]:
    return {} if draft.due_at is not None else {"due_at": _("Say until when it is answered.")}


DEFINITION = RegisterDefinition(
    key=REGISTER,
    label=_("Improvement requests"),
    item=_("Improvement request"),
    help=_(
        "What defects and complaints ask of design, engineering, positioning and procurement."
        " An answer taken up is a lesson that the next project has to deal with before its launch."
    ),
    fields=(
        RegisterField(
            key="target", label=_("Who answers"), type="choice", choices=TARGETS, required=True
        ),
        RegisterField(key="found", label=_("What the figures say"), type="long"),
    ),
    title_label=_("What should become better"),
    due_label=pgettext_lazy("limit", "Answered by"),
    subject_kind=PROJECT,
    view_permission="service.view_repairs",
    edit_permission=ANSWER,
    outcomes=(
        Outcome(
            key=TAKEN,
            label=pgettext_lazy("improvement", "Taken up"),
            asks=_("Answer and lesson"),
            action=_("Taken up: write the answer and what the next project learns"),
        ),
        Outcome(
            key="declined",
            label=pgettext_lazy("improvement", "Not taken up"),
            asks=_("Reason"),
            action=_("Not taken up: say why"),
            tone="",
            shape="cross",
        ),
    ),
    check=_has_limit,  # type: ignore[arg-type]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked: of whom, about which project, in which words, on which figures."""

    project: Project
    target: str
    title: str
    found: str
    owner: User


def ask(*, request: Request, actor: User, now: datetime) -> RegisterEntry:
    """Write a request whose answer is due after the days of the policy, and return it.

    Unanswered it is reminded of and then reported to the owner and who stands above.
    """
    days = in_force(LEARNING, at=now).value.answer_days
    draft = EntryDraft(
        title=request.title,
        values={"target": request.target, "found": request.found},
        due_at=now + timedelta(days=days),
        owner=request.owner,
        subject_id=request.project.pk,
    )
    return add_entry(register=REGISTER, draft=draft, actor=actor, now=now)


def answerers(project: Project) -> "QuerySet[User]":
    """Return who can be asked: those who answer in the project's region."""
    region = project.node.parent or project.node
    return staff_under(region).filter(role__in=ANSWERERS).order_by("name", "pk")


def answers_for(project: Project) -> "QuerySet[RegisterEntry]":
    """Return the answers taken up about other projects, the latest first."""
    rows = RegisterEntry.objects.of(REGISTER).filter(state=TAKEN, subject_kind=PROJECT)
    return rows.exclude(subject_id=project.pk).order_by("-closed_at", "-pk")


def register() -> None:
    """Make the register known."""
    register_definition(DEFINITION)
