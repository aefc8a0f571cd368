"""What registers tell the floor below: subject, audit events, messages, policy."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message
from crm_site.registers import policies
from crm_site.registers.models import RegisterEntry
from crm_site.registers.registry import definition
from crm_site.registers.services.reminders import BREACHED, REMINDER

EVENTS = {
    "register.added": _("Register entry added"),
    "register.changed": _("Register entry changed"),
    "register.closed": _("Register entry closed"),
    "register.moved": _("Register entries handed to another person"),
    "register.reviewed": _("Register entry reviewed"),
    "register.subject_moved": _("Register entries moved to another record"),
}


def words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored values as words: what kind of entry, due when in Beijing time."""
    found = definition(params["register"])
    due = timezone.localtime(dt.datetime.fromisoformat(params["due"]))
    return {
        "item": str(found.item) if found else params["register"],
        "due": date_format(due, "SHORT_DATETIME_FORMAT"),
    }


MESSAGES = (
    MessageKind(
        key=REMINDER,
        label=_("An entry of a register is due"),
        title=_("%(item)s due %(due)s: %(title)s"),
        icon="clock",
        tone="amber",
        show=words,
    ),
    MessageKind(
        key=BREACHED,
        label=_("An entry of a register is overdue"),
        title=_("%(item)s missed: %(title)s"),
        body=_("It was due %(due)s. Responsible: %(owner)s."),
        icon="alert",
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
    policies.register()
    register_subject(
        Subject(
            kind="register-entry",
            model="registers.RegisterEntry",
            visible_to=lambda user: RegisterEntry.objects.visible_to(user),
            title=str,
            url_name="registers:entry-detail",
        )
    )
