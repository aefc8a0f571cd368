"""What each member of staff wants to get over which channel, and when not to be disturbed.

The application itself always gets every message; the other channels may be switched per kind.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from crm_site.outbox.kinds import MessageKind, message_kinds
from crm_site.outbox.models import Message, NotificationPreference, QuietHours
from crm_site.staff.models import User

IN_APP = Message.Channel.IN_APP.value
OUTSIDE = (
    Message.Channel.EMAIL.value,
    Message.Channel.SMS.value,
    Message.Channel.WECHAT.value,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of message and whether each outside channel is on, in the order of OUTSIDE."""

    kind: MessageKind
    switches: list[tuple[str, bool]]


def staff_kinds() -> list[MessageKind]:
    """Return the kinds that members of staff get, those that arrive in the application."""
    return [kind for kind in message_kinds() if IN_APP in kind.channels]


def rows_for(user: User) -> list[Row]:
    """Return every kind with the switches as ``user`` set them, else as the kind has them."""
    chosen = {
        (wish.kind, wish.channel): wish.is_on
        for wish in NotificationPreference.objects.filter(user=user)
    }
    return [
        Row(
            kind,
            [
                (channel, chosen.get((kind.key, channel), channel in kind.channels))
                for channel in OUTSIDE
            ],
        )
        for kind in staff_kinds()
    ]


@transaction.atomic
def save_preferences(
    *,
    user: User,
    switches: Mapping[tuple[str, str], bool],
    quiet: tuple[time, time] | None,
) -> None:
    """Keep ``switches`` ((kind, channel) → on) and the quiet hours; None has no quiet hours."""
    NotificationPreference.objects.bulk_create(
        [
            NotificationPreference(user=user, kind=kind, channel=channel, is_on=is_on)
            for (kind, channel), is_on in switches.items()
        ],
        update_conflicts=True,
        unique_fields=["user", "kind", "channel"],
        update_fields=["is_on"],
    )
    if quiet is None:
        QuietHours.objects.filter(user=user).delete()
    else:
        starts, ends = quiet
        QuietHours.objects.update_or_create(user=user, defaults={"starts": starts, "ends": ends})


def copies_wanted(messages: Iterable[Message], *, now: datetime) -> list[Message]:
    """Return, for messages in the application, the copies their readers want elsewhere too.

    A copy has the key of its original with its own channel behind it, so that it is made once,
    and never twice where the kind sends over that channel anyway.
    """
    found = list(messages)
    wishes: dict[tuple[int, str], list[str]] = {}
    for wish in NotificationPreference.objects.filter(
        user__in={row.recipient_id for row in found}, is_on=True
    ):
        wishes.setdefault((wish.user_id, wish.kind), []).append(wish.channel)
    return [
        _copy(row, channel, now)
        for row in found
        if row.recipient_id is not None
        for channel in wishes.get((row.recipient_id, row.kind), ())
    ]


def _copy(row: Message, channel: str, now: datetime) -> Message:
    return Message(
        kind=row.kind,
        channel=channel,
        recipient_id=row.recipient_id,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        params=row.params,
        idempotency_key=f"{row.idempotency_key.removesuffix(f':{IN_APP}')}:{channel}",
        next_attempt_at=now,
        created_at=now,
    )
