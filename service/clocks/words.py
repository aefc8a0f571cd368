"""The words of reminders and alerts about tickets' time limits."""

import datetime as dt
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.display import duration
from crm_site.outbox.kinds import MessageKind, declare_message
from service.clocks.choices import CLOCKS

REMINDER: Final = "ticket_clock.reminder"
BREACHED: Final = "ticket_clock.breached"
ESCALATED: Final = "ticket_clock.escalated"
SLOW: Final = "ticket_clock.slow_response"
LABELS = dict(CLOCKS)


def shown(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored values as words: the clock's name, the due time in Beijing time."""
    due = timezone.localtime(dt.datetime.fromisoformat(params["due"]))
    return {
        "due": date_format(due, "SHORT_DATETIME_FORMAT"),
        "clock": LABELS.get(params["clock"], params["clock"]),
        "owner": params.get("owner") or _("nobody yet"),
    }


def shown_slow(params: dict[str, Any]) -> dict[str, Any]:
    """Return the stored values as words: the median as a span of time."""
    return {
        "median": duration(int(params["minutes"]) * 60),
        "category": params.get("category") or pgettext_lazy("ticket", "without a class"),
    }


MESSAGES = (
    MessageKind(
        key=REMINDER,
        label=_("A time limit of a ticket is near"),
        title=_("%(clock)s due %(due)s: ticket %(number)s"),
        body=_("%(percent)s %% of the time is used."),
        icon="clock",
        tone="amber",
        show=shown,
    ),
    MessageKind(
        key=BREACHED,
        label=_("A time limit of a ticket is missed"),
        title=_("%(clock)s missed: ticket %(number)s"),
        body=_("It was due %(due)s. Responsible: %(owner)s."),
        icon="clock",
        tone="red",
        show=shown,
    ),
    MessageKind(
        key=ESCALATED,
        label=_("A missed time limit of a ticket still open"),
        title=_("%(clock)s still open: ticket %(number)s"),
        body=_("It was due %(due)s and nobody has acted since. Responsible: %(owner)s."),
        icon="clock",
        tone="red",
        show=shown,
    ),
    MessageKind(
        key=SLOW,
        label=_("Repairs are answered slowly"),
        title=_("Repairs answered slowly: %(project)s, %(category)s"),
        body=_("Half of the last %(responses)s answers took longer than %(median)s."),
        url_name="service:ticket-waiting",
        icon="clock",
        tone="red",
        show=shown_slow,
    ),
)


def register_messages() -> None:
    """Make the messages known."""
    for kind in MESSAGES:
        declare_message(kind)
