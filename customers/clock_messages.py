"""The words of reminders and escalations, and what the audit trail may hold about this work."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.calendars.registry import register_clock_recompute
from crm_site.outbox.kinds import MessageKind, declare_message
from customers import choices, clock_policies
from customers.rules.followups import INNER_LIMIT

CLOCK_REMINDER: Final = "clock.reminder"
CLOCK_BREACHED: Final = "clock.breached"
CLOCK_ESCALATED: Final = "clock.escalated"
TASK_REMINDER: Final = "task.reminder"
TASK_OVERDUE: Final = "task.overdue"
TASK_ESCALATED: Final = "task.escalated"

CLOCK_LABELS = {**dict(choices.CLOCK_KINDS), INNER_LIMIT: _("Desk response")}


def shown(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored values as words: the clock's name, the due time in Beijing time."""
    due = timezone.localtime(dt.datetime.fromisoformat(params["due"]))
    words: dict[str, Any] = {"due": date_format(due, "SHORT_DATETIME_FORMAT")}
    if "clock" in params:
        words["clock"] = CLOCK_LABELS.get(params["clock"], params["clock"])
    words["owner"] = params.get("owner") or _("nobody yet")
    return words


MESSAGES = (
    MessageKind(
        key=CLOCK_REMINDER,
        label=_("A time limit is near"),
        title=_("%(clock)s due %(due)s: %(customer)s"),
        body=_("%(percent)s %% of the time is used."),
        icon="clock",
        tone="amber",
        show=shown,
    ),
    MessageKind(
        key=CLOCK_BREACHED,
        label=_("A time limit is missed"),
        title=_("%(clock)s missed: %(customer)s"),
        body=_("It was due %(due)s. Responsible: %(owner)s."),
        icon="clock",
        tone="red",
        show=shown,
    ),
    MessageKind(
        key=CLOCK_ESCALATED,
        label=_("A missed time limit still open"),
        title=_("%(clock)s still open: %(customer)s"),
        body=_("It was due %(due)s and nobody has acted since. Responsible: %(owner)s."),
        icon="clock",
        tone="red",
        show=shown,
    ),
    MessageKind(
        key=TASK_REMINDER,
        label=_("A task is due"),
        title=_("%(title)s: %(customer)s"),
        body=_("Due %(due)s."),
        icon="today",
        show=shown,
    ),
    MessageKind(
        key=TASK_OVERDUE,
        label=_("A task is overdue"),
        title=_("Overdue: %(title)s, %(customer)s"),
        body=_("It was due %(due)s."),
        icon="today",
        tone="amber",
        show=shown,
    ),
    MessageKind(
        key=TASK_ESCALATED,
        label=_("An overdue task of the team"),
        title=_("Task still undone: %(title)s, %(customer)s"),
        body=_("It was due %(due)s. Responsible: %(owner)s."),
        icon="today",
        tone="red",
        show=shown,
    ),
)


def register() -> None:
    """Make policies, messages, audit events and the recomputing of clocks known."""
    from customers.services.clocks import recompute_lead_clocks

    clock_policies.register()
    for kind in MESSAGES:
        declare_message(kind)
    declare("interaction.logged", _("Interaction logged"))
    register_clock_recompute(recompute_lead_clocks)
