"""Delivering what waits: safe with many workers at once, and when one dies in the middle."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation

from crm_site.outbox.adapters import adapter_for
from crm_site.outbox.addressees import Address, Later, Refused, note_sent, resolve
from crm_site.outbox.errors import DeliveryError, UndeliverableError
from crm_site.outbox.kinds import render
from crm_site.outbox.letter import Letter
from crm_site.outbox.models import Message, Notification
from crm_site.outbox.preferences import copies_wanted
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User

IN_APP = Message.Channel.IN_APP.value
State = Message.State
BATCH = 500
PER_RUN = 5000
MOST_ATTEMPTS = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
ALERT = "outbox.failed"
CHANGED = ["attempts", "state", "sent_at", "last_error", "reason", "next_attempt_at"]


@dataclass(slots=True)
class Delivered:
    """How a delivery went."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    suppressed: int = 0
    postponed: int = 0


def deliver_due(*, now: datetime, limit: int = PER_RUN) -> Delivered:
    """Deliver up to ``limit`` waiting messages whose time has come; return how it went.

    Rows another worker holds are skipped. Messages in the application become notifications in
    batches, one transaction each; messages to the outside go one by one, the row locked while the
    provider answers. Whether and where each may go is asked in that same transaction.
    """
    done = Delivered()
    while done.sent < limit:
        count = _notify_batch(now, min(BATCH, limit - done.sent))
        if not count:
            break
        done.sent += count
    handled = done.sent
    while handled < limit and _deliver_one(now, done):
        handled += 1
    return done


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after the ``attempts``-th failure: 30 s doubling up to an hour."""
    wait: timedelta = FIRST_WAIT * 2 ** (attempts - 1)
    return min(LONGEST_WAIT, wait)


def _notify_batch(now: datetime, size: int) -> int:
    with transaction.atomic():
        rows = list(
            Message.objects.select_for_update(skip_locked=True)
            .filter(state=State.WAITING, channel=IN_APP, next_attempt_at__lte=now)
            .order_by("next_attempt_at", "pk")[:size]
        )
        Notification.objects.bulk_create(
            [
                Notification(message_id=row.pk, recipient_id=row.recipient_id, created_at=now)
                for row in rows
                if row.recipient_id is not None
            ],
            ignore_conflicts=True,
        )
        Message.objects.bulk_create(copies_wanted(rows, now=now), ignore_conflicts=True)
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(
            state=State.SENT, sent_at=now, attempts=F("attempts") + 1
        )
    return len(rows)


def _deliver_one(now: datetime, done: Delivered) -> bool:
    """Deliver one message to the outside; return whether one was found."""
    with transaction.atomic():
        message = (
            Message.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("recipient")
            .filter(state=State.WAITING, next_attempt_at__lte=now)
            .exclude(channel=IN_APP)
            .order_by("next_attempt_at", "pk")
            .first()
        )
        if message is None:
            return False
        answer = resolve(message, now)
        if isinstance(answer, Later):
            message.next_attempt_at = answer.until
            done.postponed += 1
        elif isinstance(answer, Refused):
            message.state, message.reason = State.SUPPRESSED, answer.reason
            done.suppressed += 1
        else:
            _hand_over(message, answer, now, done)
        message.save(update_fields=CHANGED)
    return True


def _hand_over(message: Message, address: Address, now: datetime, done: Delivered) -> None:
    """Give the message to its channel and note on it how that went."""
    message.attempts += 1
    try:
        with translation.override(settings.LANGUAGE_CODE):
            text = render(message.kind, message.params)
        letter = Letter(address.to, message.idempotency_key, text.title, text.body)
        adapter_for(message.channel).deliver(letter)
    except DeliveryError as error:
        _note_failure(message, error, now, done)
    else:
        message.state, message.sent_at, message.last_error = State.SENT, now, ""
        note_sent(message, now)
        done.sent += 1


def _note_failure(message: Message, error: DeliveryError, now: datetime, done: Delivered) -> None:
    message.last_error = str(error)[:300]
    if isinstance(error, UndeliverableError) or message.attempts >= MOST_ATTEMPTS:
        message.state = State.FAILED
        done.failed += 1
        _raise_alert(message, now)
    else:
        asked = timedelta(seconds=error.retry_after or 0)
        message.next_attempt_at = now + max(wait_after(message.attempts), asked)
        done.retried += 1


def _raise_alert(message: Message, now: datetime) -> None:
    """Tell every system administrator that a message was given up."""
    params = {"kind": message.kind, "channel": message.channel, "number": message.pk}
    admins = User.objects.filter(role="sysadmin", is_active=True).values_list("pk", flat=True)
    send_many([Outgoing(ALERT, pk, f"failed:{message.pk}:{pk}", params) for pk in admins], now=now)
