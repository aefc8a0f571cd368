"""To whom messages go, asked in the worker when one is about to leave, not when it was written.

Upper apps register their kinds of people in ``AppConfig.ready()``. A resolver runs inside the
transaction of the sending and may take locks there, so that what it allows still holds when the
provider answers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.outbox.models import Message, NotificationPreference, QuietHours
from crm_site.outbox.quiet import quiet_until


@dataclass(frozen=True, slots=True)
class Address:
    """The message may leave, to this number, mailbox or account."""

    to: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The message must not leave, ever; ``reason`` is a known code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Later:
    """The message may leave from this moment on, if it is still allowed then."""

    until: datetime


Resolution = Address | Refused | Later
Resolver = Callable[[Message, datetime], Resolution]
OnSent = Callable[[Message, datetime], None]

NO_ADDRESS = "no_address"
GONE = "gone"
TURNED_OFF = "turned_off"
CALLED_OFF = "called_off"
_reasons: dict[str, str | Promise] = {
    NO_ADDRESS: _("No address for this channel"),
    GONE: _("The addressee no longer exists"),
    TURNED_OFF: _("Turned off by the recipient"),
    CALLED_OFF: _("Called off before it was sent"),
}
_resolvers: dict[str, Resolver] = {}
_on_sent: dict[str, OnSent] = {}


def register_addressee(
    kind: str,
    resolver: Resolver,
    reasons: dict[str, str | Promise],
    on_sent: OnSent | None = None,
) -> None:
    """Let messages go to people of ``kind``; ``reasons`` are the words of its refusals.

    ``on_sent`` writes what follows from a message that was taken, in the transaction that marks it
    as sent: both commit or neither.
    """
    _resolvers[kind] = resolver
    _reasons.update(reasons)
    if on_sent is not None:
        _on_sent[kind] = on_sent


def register_reasons(reasons: dict[str, str | Promise]) -> None:
    """Add words for refusals that an upper app brings in beside those of its addressees."""
    _reasons.update(reasons)


def note_sent(message: Message, now: datetime) -> None:
    """Let the app of the addressee write what follows from a sent message."""
    follow = _on_sent.get(message.addressee_kind)
    if follow is not None:
        follow(message, now)


def is_addressee(kind: str) -> bool:
    """Return whether messages may be written to people of ``kind``."""
    return kind in _resolvers


def reason_word(code: str) -> str:
    """Return why a message was held back, in the active language."""
    return str(_reasons.get(code, code))


def resolve(message: Message, now: datetime) -> Resolution:
    """Return where ``message`` goes now, or why it does not."""
    if message.recipient_id is not None:
        return _resolve_staff(message, now)
    resolver = _resolvers.get(message.addressee_kind)
    return resolver(message, now) if resolver else Refused(GONE)


def _resolve_staff(message: Message, now: datetime) -> Resolution:
    """Apply what a member of staff chose: channels per kind, and quiet hours (PLT-15)."""
    person = message.recipient
    if person is None or not person.is_active:
        return Refused(GONE)
    wish = NotificationPreference.objects.filter(
        user=person, kind=message.kind, channel=message.channel
    ).first()
    if wish is not None and not wish.is_on:
        return Refused(TURNED_OFF)
    hours = QuietHours.objects.filter(user=person).first()
    local = timezone.localtime(now)
    until = quiet_until(local, starts=hours.starts, ends=hours.ends) if hours else None
    if until is not None:
        return Later(until)
    is_mail = message.channel == Message.Channel.EMAIL
    to = person.email if is_mail else person.employee_no or person.username
    return Address(to) if to else Refused(NO_ADDRESS)
