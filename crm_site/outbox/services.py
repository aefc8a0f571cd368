"""Writing messages in the business transaction, delivering them afterwards, reading them.

``send`` only writes a row; it commits or rolls back with what it tells about. Delivery is at least
once, its effect exactly once: a notification is one-to-one with its message, a provider gets the
message's idempotency key (A-53).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from crm_site.outbox.addressees import CALLED_OFF, is_addressee
from crm_site.outbox.kinds import MessageKind, check_params, message_kind
from crm_site.outbox.models import Message, Notification
from crm_site.outbox.tasks import wake_delivery
from crm_site.staff.models import User


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one person, before it is written; ``key`` makes it unique."""

    kind: str
    recipient: User | int
    key: str
    params: dict[str, Any] = field(default_factory=dict)
    subject: tuple[str, int | str] | None = None


def send(
    *,
    kind: str,
    recipient: User,
    subject: tuple[str, int] | None,
    params: dict[str, Any],
    key: str,
    now: datetime,
) -> Message | None:
    """Write the message, one row per channel of its kind; return the first, None if all existed.

    The same ``key`` never makes a second message. Raise UnknownMessageError, or MessageParamsError
    when ``params`` do not fill the words or hold a phone number.
    """
    outgoing = Outgoing(kind, recipient, key, params, subject)
    new = []
    for row in _rows(outgoing, now):
        defaults = {name: getattr(row, name) for name in _COLUMNS}
        message, created = Message.objects.get_or_create(
            idempotency_key=row.idempotency_key, defaults=defaults
        )
        if created:
            new.append(message)
    if new:
        _wake_on_commit()
    return new[0] if new else None


def send_many(messages: Iterable[Outgoing], *, now: datetime) -> int:
    """Write many messages in one statement; return how many rows were asked for.

    Those whose key exists already are left out by the database.
    """
    rows = [row for outgoing in messages for row in _rows(outgoing, now)]
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        _wake_on_commit()
    return len(rows)


@dataclass(frozen=True, slots=True)
class ToAddressee:
    """One message to somebody outside the staff, over one channel; ``key`` makes it unique.

    ``purpose`` is what the addressee must agree to; the worker asks when the message leaves.
    """

    kind: str
    addressee: tuple[str, int]
    channel: str
    purpose: str
    key: str
    params: dict[str, Any] = field(default_factory=dict)
    subject: tuple[str, int | str] | None = None


def send_outside(messages: Iterable[ToAddressee], *, now: datetime) -> int:
    """Write messages to registered addressees in one statement; return how many were asked for.

    Raise UnknownMessageError, MessageParamsError, or LookupError for a kind of addressee nobody
    registered; nothing is written then.
    """
    rows = [_row_outside(message, now) for message in messages]
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        _wake_on_commit()
    return len(rows)


def call_off(*, kind: str, subject: tuple[str, int]) -> int:
    """Hold back what still waits about ``subject``; return how many messages that were."""
    return Message.objects.filter(
        state=Message.State.WAITING, kind=kind, subject_kind=subject[0], subject_id=str(subject[1])
    ).update(state=Message.State.SUPPRESSED, reason=CALLED_OFF)


def call_off_all(*, kind: str, subject_kind: str, ids: Iterable[int]) -> int:
    """Hold back what still waits about any of the subjects; return how many messages that were."""
    return Message.objects.filter(
        state=Message.State.WAITING,
        kind=kind,
        subject_kind=subject_kind,
        subject_id__in=[str(pk) for pk in ids],
    ).update(state=Message.State.SUPPRESSED, reason=CALLED_OFF)


def _row_outside(outgoing: ToAddressee, now: datetime) -> Message:
    kind = message_kind(outgoing.kind)
    check_params(kind, outgoing.params)
    addressee_kind, addressee_id = outgoing.addressee
    if not is_addressee(addressee_kind):
        raise LookupError(addressee_kind)
    subject_kind, subject_id = outgoing.subject or ("", "")
    return Message(
        kind=kind.key,
        channel=outgoing.channel,
        addressee_kind=addressee_kind,
        addressee_id=str(addressee_id),
        purpose=outgoing.purpose,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        params=outgoing.params,
        idempotency_key=f"{outgoing.key}:{outgoing.channel}",
        next_attempt_at=now,
        created_at=now,
    )


def unread_count(user: User) -> int:
    """Return how many notifications ``user`` has not read."""
    return Notification.objects.filter(recipient=user, read_at__isnull=True).count()


def mark_read(*, user: User, now: datetime, notification_ids: Iterable[int] | None = None) -> int:
    """Mark ``user``'s unread notifications as read, all or the given ones; return how many."""
    unread = Notification.objects.filter(recipient=user, read_at__isnull=True)
    if notification_ids is not None:
        unread = unread.filter(pk__in=list(notification_ids))
    return unread.update(read_at=now)


_COLUMNS = (
    "kind",
    "channel",
    "recipient_id",
    "subject_kind",
    "subject_id",
    "params",
    "next_attempt_at",
    "created_at",
)


def _rows(outgoing: Outgoing, now: datetime) -> list[Message]:
    kind: MessageKind = message_kind(outgoing.kind)
    check_params(kind, outgoing.params)
    person = outgoing.recipient
    subject_kind, subject_id = outgoing.subject or ("", "")
    return [
        Message(
            kind=kind.key,
            channel=channel,
            recipient_id=person if isinstance(person, int) else person.pk,
            subject_kind=subject_kind,
            subject_id=str(subject_id),
            params=outgoing.params,
            idempotency_key=f"{outgoing.key}:{channel}",
            next_attempt_at=now,
            created_at=now,
        )
        for channel in kind.channels
    ]


def _wake_on_commit() -> None:
    """Ask for a delivery once this transaction commits, once per transaction.

    A broker that is down costs nothing: the periodic delivery finds the rows.
    """
    if not any(callback[1] is wake_delivery for callback in connection.run_on_commit):
        transaction.on_commit(wake_delivery, robust=True)
