"""The messages of win-back."""

from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from analytics.winback import choices
from analytics.winback.services.calling import CALL, LATE, WORN_OUT
from analytics.winback.services.rewarding import REWARDED
from analytics.winback.services.upgrading import ADVISER, ENDED
from crm_site.common.display import local_dt
from crm_site.outbox.kinds import MessageKind, declare_message


def shown(params: dict[str, Any]) -> dict[str, Any]:
    """Return the codes and moments of a message in the words of its reader."""
    words = dict(params)
    for name in ("due", "until"):
        moment = parse_datetime(str(params.get(name, "")))
        if moment is not None:
            words[name] = local_dt(moment)
    words["level"] = dict(choices.LEVELS).get(params.get("level", ""), "")
    words["channel"] = dict(choices.CALL_CHANNELS).get(params.get("channel", ""), "")
    return words


MESSAGES = (
    MessageKind(
        key=CALL,
        label=_("A customer may leave: call back"),
        title=_("%(customer)s may leave: %(level)s"),
        body=_("Call back by %(due)s. Suggested: %(channel)s."),
        icon="alert",
        tone="red",
        show=shown,
    ),
    MessageKind(
        key=LATE,
        label=_("A win-back callback is late"),
        title=_("Nobody called %(customer)s back: %(level)s"),
        body=_("%(owner)s had until %(due)s."),
        icon="alert",
        tone="red",
        show=shown,
    ),
    MessageKind(
        key=WORN_OUT,
        label=_("A customer cannot be reached"),
        title=_("%(customer)s could not be reached over any channel"),
        body=_("The next try is yours."),
        icon="alert",
        tone="amber",
        show=shown,
    ),
    MessageKind(
        key=REWARDED,
        label=_("Reward for a recovered customer"),
        title=_("A customer you called came back: %(amount)s yuan"),
        icon="check",
        tone="green",
    ),
    MessageKind(
        key=ADVISER,
        label=_("You are a dedicated adviser"),
        title=_("You are the dedicated adviser of %(customer)s"),
        body=_("%(what)s, until %(until)s."),
        icon="user",
        show=shown,
    ),
    MessageKind(
        key=ENDED,
        label=_("A service upgrade has ended"),
        title=_("The service upgrade of %(customer)s has ended"),
        body=_("%(what)s, until %(until)s."),
        icon="clock",
        show=shown,
    ),
)


def register() -> None:
    """Make the messages known."""
    for message in MESSAGES:
        declare_message(message)
