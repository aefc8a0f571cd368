"""The papers of a project that its launch asks for: sales manual and uniform wording.

The manual is the single source of wording once sales start (MKT-59); before it exists, wording
that the customer-relations centre has reviewed opens the pre-subscription (MKT-60).
"""

from datetime import date, datetime, time
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.common.subjects import Subject, register_subject, subject_kinds
from crm_site.documents.models import Document, DocumentVersion
from crm_site.documents.registry import DocumentKind, register_kind
from crm_site.documents.selectors import version_in_force
from crm_site.documents.services import missing_readers
from crm_site.staff.models import OrgNode, User
from crm_site.staff.selectors import consultants_in
from customers.models import Project
from customers.property.gates import MANUAL, WORDING, register_launch_gate

SALES_MANUAL: Final = "sales-manual"
UNIFORM_WORDING: Final = "uniform-wording"
PROJECT: Final = "project"
WRITE, REVIEW = "documents.write_documents", "documents.review_documents"
APPROVE = "documents.approve_documents"


def _place(document: Document) -> OrgNode | None:
    # a project shares the key of its node
    return OrgNode.objects.get(pk=document.subject_id or 0)


KINDS = (
    DocumentKind(
        key=SALES_MANUAL,
        label=gettext_lazy("Project sales manual"),
        prefix="SM",
        edit_permission=WRITE,
        approvers=(APPROVE,),
        subject_kind=PROJECT,
        reader_roles=frozenset({"consultant"}),
        place=_place,
        sections=(
            gettext_lazy("The project and its surroundings"),
            gettext_lazy("Planning and buildings"),
            gettext_lazy("Layouts and areas"),
            gettext_lazy("Materials and fittings"),
            gettext_lazy("Adverse factors"),
            gettext_lazy("Property management and facilities"),
            gettext_lazy("Prices, payment and mortgage"),
            gettext_lazy("Contract and handover"),
            gettext_lazy("Questions and answers"),
            gettext_lazy("What is never promised"),
        ),
        help=gettext_lazy(
            "The single source of what is said in sales; every consultant of the project confirms"
            " each version before the launch."
        ),
    ),
    DocumentKind(
        key=UNIFORM_WORDING,
        label=gettext_lazy("Uniform wording"),
        prefix="UW",
        edit_permission=WRITE,
        approvers=(REVIEW, APPROVE),
        joint=True,
        subject_kind=PROJECT,
        reader_roles=frozenset({"consultant"}),
        place=_place,
        sections=(
            gettext_lazy("What may be said"),
            gettext_lazy("Questions and answers"),
            gettext_lazy("What is never promised"),
        ),
        help=gettext_lazy(
            "What is said before the sales manual exists; the customer relations centre reviews it."
        ),
    ),
)


def register() -> None:
    """Make both kinds known, and the project they are about; safe to call again."""
    if PROJECT not in subject_kinds():
        register_subject(
            Subject(
                kind=PROJECT,
                model="customers.Project",
                visible_to=lambda user: Project.objects.visible_to(user),
                title=str,
                label=gettext_lazy("Project"),
            )
        )
    for kind in KINDS:
        register_kind(kind)
    register_launch_gate(MANUAL, gettext_lazy("Sales manual, confirmed by everybody"), _no_manual)
    register_launch_gate(WORDING, gettext_lazy("Uniform wording, reviewed"), _no_wording)


def sales_manual(project_node: OrgNode, *, now: datetime) -> DocumentVersion | None:
    """Return the version of the project's sales manual that is in force, None without one."""
    return _in_force(SALES_MANUAL, project_node.pk, now)


def missing_acknowledgements(project_node: OrgNode, *, now: datetime) -> list[User]:
    """Return the consultants of a project who have not confirmed the manual in force (MKT-59).

    Without a manual in force nobody can have confirmed it, so it is all of them.
    """
    version = sales_manual(project_node, now=now)
    return list(consultants_in(project_node)) if version is None else missing_readers(version)


def manual_gap(project_node: OrgNode, *, now: datetime) -> str:
    """Return why the manual holds a launch up, in words; empty once it no longer does (MKT-59)."""
    if sales_manual(project_node, now=now) is None:
        return _("There is no sales manual in force. Write one and have it approved.")
    missing = missing_acknowledgements(project_node, now=now)
    if missing:
        names = ", ".join(person.name for person in missing)
        return _("These consultants have not confirmed the sales manual: %(names)s.") % {
            "names": names
        }
    return ""


def is_reviewed_wording_in_force(project: Project, *, now: datetime) -> bool:
    """Return whether reviewed wording of the project is in force today (MKT-60)."""
    return _in_force(UNIFORM_WORDING, project.pk, now) is not None


def _no_manual(project: Project, day: date) -> list[str]:
    gap = manual_gap(project.node, now=_morning(day))
    return [gap] if gap else []


def _no_wording(project: Project, day: date) -> list[str]:
    if is_reviewed_wording_in_force(project, now=_morning(day)):
        return []
    return [
        _(
            "No uniform wording reviewed by the customer relations centre is in force. Write it and"
            " have it signed."
        )
    ]


def _morning(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _in_force(kind: str, project_id: int, now: datetime) -> DocumentVersion | None:
    return version_in_force(kind, PROJECT, project_id, today=timezone.localdate(now))
