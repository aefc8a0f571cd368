"""Alarms of the audit trail become messages to those who watch over it (PLT-03)."""

from crm_site.audit.models import AuditEvent
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.events import SPRAYED
from crm_site.staff.models import User

WATCHERS = ("auditor", "secadmin")


def tell_watchers(event: AuditEvent) -> None:
    """Write a message about the alarm to every active auditor and security administrator."""
    if event.kind == SPRAYED:
        params = {"address": str(event.ip), "accounts": event.facts["accounts"]}
    else:
        person = User.objects.filter(pk=event.subject_id).first()
        params = {"person": str(person or event.subject_id), "views": event.facts["views"]}
    send_many(
        [
            Outgoing(event.kind, watcher, f"{event.kind}:{event.pk}:{watcher.pk}", params)
            for watcher in User.objects.filter(is_active=True, role__in=WATCHERS).order_by("pk")
        ],
        now=event.at,
    )
