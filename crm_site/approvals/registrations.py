"""What approvals tell the floor below: subject, audit events, messages, marks, navigation."""

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from crm_site.approvals.notices import MESSAGES
from crm_site.approvals.registry import ApprovalKind, may_sign_anything
from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_count, register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import declare_message
from crm_site.staff.models import User

EVENTS = {
    "approval.requested": _("Approval asked for"),
    "approval.signed": _("Approval signed"),
    "approval.refused": _("Approval refused"),
    "approval.withdrawn": _("Approval withdrawn"),
    "approval.amended": _("Approval request changed"),
    "approval.used": _("Approval used"),
    "approval.expired": _("Approval expired"),
}
MARKS = {
    "waiting": Mark("amber", "half", _("Waiting for signatures")),
    "approved": Mark("green", "tick", _("Approved")),
    "refused": Mark("red", "cross", _("Refused")),
    "withdrawn": Mark("", "cross", _("Withdrawn")),
    "expired": Mark("", "ring", _("Expired")),
    "used": Mark("blue", "dot", _("Used")),
}


def register() -> None:
    """Declare everything; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    for message in MESSAGES:
        declare_message(message)
    register_marks("approval", MARKS)
    register_subject(
        Subject(
            kind="approval",
            model="approvals.Approval",
            visible_to=lambda user: Approval.objects.visible_to(user),
            title=str,
            url_name="approvals:approval-detail",
        )
    )


def offer_page(kind: ApprovalKind) -> None:
    """Put the page of approvals into the navigation of those who sign or ask for ``kind``."""
    for permission in sorted({*kind.permissions, kind.request_permission} - {""}):
        key = f"approvals-{permission}"
        register_entry(key, "approvals:approval-list", _("Approvals"), "check", 460, permission)
        register_count(key, waiting_count)


def waiting_count(request: HttpRequest) -> int | None:
    """Return how many approvals wait for the user; None for roles that sign nothing."""
    user = request.user
    if not isinstance(user, User) or not may_sign_anything(user):
        return None
    return Approval.objects.to_sign_by(user, now=timezone.now()).count() or None
