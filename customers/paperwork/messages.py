"""What sender and receiver of a file are told."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.outbox.kinds import MessageKind, declare_message
from customers.paperwork.choices import TRANSFER_STATES

SENT: Final = "file.sent"
DECIDED: Final = "file.decided"
STATES = dict(TRANSFER_STATES)


def words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the state as a word."""
    return {"state": STATES.get(params["state"], params["state"])}


def register() -> None:
    """Make the messages known."""
    declare_message(
        MessageKind(
            key=SENT,
            label=_("A customer's file is sent to you"),
            title=_("File of %(unit)s: sign for it"),
            body=_("Papers missing: %(missing)s"),
            show=words,
            icon="file",
        )
    )
    declare_message(
        MessageKind(
            key=DECIDED,
            label=_("A file you sent was accepted or sent back"),
            title=_("File of %(unit)s: %(state)s"),
            show=words,
            icon="file",
        )
    )
