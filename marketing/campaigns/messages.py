"""The messages of campaigns."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.outbox.kinds import MessageKind, declare_message
from marketing.campaigns.services.procedure import HANDED
from marketing.campaigns.services.running import LATE

KINDS: Final = (
    MessageKind(
        key=LATE,
        label=_("The review of a campaign is late"),
        title=_("Review late since %(due)s: %(name)s"),
        body=_("The campaign is over. Write down what it brought and what is done differently."),
        icon="alert",
        tone="red",
    ),
    MessageKind(
        key=HANDED,
        label=_("A marketing plan is handed out"),
        title=_("Marketing plan handed out: %(plan)s"),
        body=_("Read the plan of the phase that begins."),
        icon="flag",
    ),
)


def register() -> None:
    """Make the messages known."""
    for kind in KINDS:
        declare_message(kind)
