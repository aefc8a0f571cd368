"""What documents tell the floor below: subject, events, messages, marks, policy, navigation."""

from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.documents import policies
from crm_site.documents.models import Document
from crm_site.documents.registry import VIEW, DocumentKind, document_kind, register_kind
from crm_site.documents.services.telling import RAN_OUT, RUNS_OUT, TO_READ
from crm_site.outbox.kinds import MessageKind, declare_message

WRITE, APPROVE = "documents.write_documents", "documents.approve_documents"
EVENTS = {
    "document.written": _("Document version begun"),
    "document.changed": _("Document text changed"),
    "document.submitted": _("Document sent for approval"),
    "document.returned": _("Document not approved"),
    "document.approved": _("Document approved"),
    "document.discarded": _("Document draft discarded"),
    "document.held": _("Document holder changed"),
    "document.acknowledged": _("Document read and confirmed"),
}
MARKS = {
    "draft": Mark("", "ring", pgettext_lazy("document", "Draft")),
    "review": Mark("amber", "half", pgettext_lazy("document", "In review")),
    "planned": Mark("blue", "ring", pgettext_lazy("document", "Approved, not yet in force")),
    "in_force": Mark("green", "tick", pgettext_lazy("document", "In force")),
    "superseded": Mark("", "cross", pgettext_lazy("document", "Superseded")),
    "expired": Mark("red", "cross", pgettext_lazy("document", "Expired")),
}
KINDS = (
    DocumentKind(
        key="procedure",
        label=_("Procedure"),
        prefix="PR",
        edit_permission=WRITE,
        approvers=(APPROVE,),
        sections=(_("Purpose"), _("Who does what"), _("Steps"), _("Records")),
        help=_("How work is done; approved before it counts."),
    ),
    DocumentKind(
        key="policy-digest",
        label=_("Policy digest"),
        prefix="PD",
        edit_permission=WRITE,
        sections=(_("What it says"), _("What it means for us"), _("Source"), _("Tags")),
        help=_("What laws and rules of the city say, for everybody who sells or serves."),
    ),
    DocumentKind(
        key="notice",
        label=_("Notice"),
        prefix="NO",
        edit_permission=WRITE,
        help=_("What everybody should know for a time."),
    ),
)


def words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored codes as words."""
    kind, until = document_kind(params["kind"]), params.get("until")
    shown = {"kind": str(kind.label) if kind else params["kind"]}
    if until:
        shown["until"] = date_format(date.fromisoformat(until), "DATE_FORMAT")
    return shown


MESSAGES = (
    MessageKind(
        key=TO_READ,
        label=_("A document is to be read and confirmed"),
        title=_("Read and confirm: %(title)s"),
        body=_("%(kind)s %(number)s, version %(version)s"),
        icon="file",
        tone="amber",
        show=words,
    ),
    MessageKind(
        key=RUNS_OUT,
        label=_("A document you hold runs out"),
        title=_("%(title)s is in force until %(until)s"),
        body=_("%(kind)s %(number)s, version %(version)s. Write the next version, or let it end."),
        icon="file",
        tone="amber",
        show=words,
    ),
    MessageKind(
        key=RAN_OUT,
        label=_("A document you hold is no longer in force"),
        title=_("%(title)s is no longer in force since %(until)s"),
        body=_("%(kind)s %(number)s, version %(version)s"),
        icon="file",
        tone="red",
        show=words,
    ),
)


def register() -> None:
    """Declare everything; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    for message in MESSAGES:
        declare_message(message)
    for one in KINDS:
        register_kind(one)
    policies.register()
    register_marks("document", MARKS)
    register_subject(
        Subject(
            kind="document",
            model="documents.Document",
            visible_to=lambda user: Document.objects.visible_to(user),
            title=str,
            url_name="documents:document-detail",
        )
    )
    register_entry("documents", "documents:document-list", _("Documents"), "file", 440, VIEW)
