"""What follows from a message that reached a customer: each kind of subject says so itself."""

import datetime as dt
from collections.abc import Callable

from crm_site.outbox.models import Message

Follow = Callable[[Message, dt.datetime], None]
_follow: dict[str, Follow] = {}


def register_delivery(subject_kind: str, follow: Follow) -> None:
    """Let ``follow`` note messages about ``subject_kind``, in the transaction that sent them."""
    _follow[subject_kind] = follow


def note_delivery(message: Message, now: dt.datetime) -> None:
    """Note a message that was taken; messages about nothing known leave no trace."""
    follow = _follow.get(message.subject_kind)
    if follow is not None:
        follow(message, now)
