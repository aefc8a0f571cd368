"""What a message to a customer depends on and leads to: each kind of subject says so itself."""

import datetime as dt
from collections.abc import Callable

from crm_site.outbox.addressees import Later, Refused
from crm_site.outbox.models import Message

Follow = Callable[[Message, dt.datetime], None]
Gate = Callable[[Message, dt.datetime], Later | Refused | None]
_follow: dict[str, Follow] = {}
_gates: dict[str, Gate] = {}


def register_delivery(subject_kind: str, follow: Follow) -> None:
    """Let ``follow`` note messages about ``subject_kind``, in the transaction that sent them."""
    _follow[subject_kind] = follow


def register_gate(subject_kind: str, gate: Gate) -> None:
    """Let ``gate`` hold messages about ``subject_kind`` back, asked when each is about to leave.

    It answers None where nothing speaks against it; consent and quiet hours are asked anyhow.
    """
    _gates[subject_kind] = gate


def note_delivery(message: Message, now: dt.datetime) -> None:
    """Note a message that was taken; messages about nothing known leave no trace."""
    follow = _follow.get(message.subject_kind)
    if follow is not None:
        follow(message, now)


def pass_gates(message: Message, now: dt.datetime) -> Later | Refused | None:
    """Return why the message does not leave now, as its subject says; None where it may."""
    gate = _gates.get(message.subject_kind)
    return gate(message, now) if gate else None
