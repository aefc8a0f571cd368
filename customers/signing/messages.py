"""What the sender of a contract is told."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from crm_site.outbox.kinds import MessageKind, declare_message
from customers.signing.choices import STATES

ENDED: Final = "signing.ended"
WORDS = dict(STATES)


def words(params: dict[str, Any]) -> dict[str, Any]:
    """Return the state as a word."""
    return {"state": WORDS.get(params["state"], params["state"])}


def register() -> None:
    """Make the message known."""
    declare_message(
        MessageKind(
            key=ENDED,
            label=_("A contract sent for online signature was signed or ended"),
            title=_("Contract of %(unit)s: %(state)s"),
            body="%(problem)s",
            show=words,
            icon="edit",
        )
    )
