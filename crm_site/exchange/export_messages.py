"""What exports tell: audit events, messages, marks, the approval they need."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.audit.events import ALARMS, declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import Label, register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.exchange import export_policy
from crm_site.exchange.export_models import ExportJob
from crm_site.exchange.exporters import exporter_or_none
from crm_site.outbox.kinds import MessageKind, declare_message

READY: Final = "export.ready"
MASS_EXPORT: Final = "export.mass"
EVENTS = {
    "export.asked": _("Export asked for"),
    "export.changed": _("Export changed before its approval"),
    "export.made": _("Export made"),
    "export.downloaded": _("Export downloaded"),
    MASS_EXPORT: _("Unusually many rows exported"),
}
MESSAGES = (
    MessageKind(
        key=READY,
        label=_("An export is ready"),
        title=_("Your export is ready: %(rows)s rows"),
        body=_("Download it before it expires; the file carries your mark."),
        icon="download",
        tone="green",
    ),
    MessageKind(
        key=MASS_EXPORT,
        label=_("Unusually many rows exported"),
        title=_("%(person)s exported unusually many rows"),
        body=_("%(rows)s rows within an hour. The audit trail shows them."),
        icon="alert",
        tone="red",
    ),
)
MARKS = {
    "waiting": Mark("amber", "half", _("Waiting for approval")),
    "queued": Mark("blue", "ring", _("Queued")),
    "running": Mark("blue", "half", _("Being made")),
    "done": Mark("green", "tick", _("Ready")),
    "refused": Mark("red", "cross", _("Refused")),
    "withdrawn": Mark("", "cross", _("Withdrawn")),
    "failed": Mark("red", "tri", _("Failed")),
    "expired": Mark("", "ring", _("Expired")),
}


def describe(content: Mapping[str, Any]) -> list[tuple[Label, Any]]:
    """Return what somebody signs who approves an export."""
    found = exporter_or_none(content["exporter"])
    columns = found.chosen(content["columns"]) if found else []
    return [
        (_("List"), found.label if found else content["exporter"]),
        (_("Rows"), content["rows"]),
        (_("Columns"), ", ".join(str(column.label) for column in columns)),
        (_("Filters used"), ", ".join(content["filters"]) or "--"),
    ]


def register() -> None:
    """Declare everything; safe to call again."""
    from crm_site.exchange.services.exports import APPROVAL, on_decided

    for kind, label in EVENTS.items():
        declare(kind, label)
    ALARMS.add(MASS_EXPORT)
    for message in MESSAGES:
        declare_message(message)
    register_marks("export", MARKS)
    export_policy.register()
    register_approval(
        ApprovalKind(
            key=APPROVAL,
            label=_("Export of data"),
            steps=("exchange.approve_export",),
            valid_for=export_policy.APPROVAL_VALID,
            describe=describe,
            request_permission="exchange.export_customer",
            on_decided=on_decided,
        )
    )
    register_entry(
        "exports", "exports:export-list", _("Exports"), "download", 610, "exchange.export_customer"
    )
    register_subject(
        Subject(
            kind="export",
            model="exchange.ExportJob",
            visible_to=lambda user: ExportJob.objects.visible_to(user),
            title=str,
            url_name="exports:export-detail",
        )
    )
