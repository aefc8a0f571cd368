"""Tries of a password, counted per account before the password is looked at (A-14).

All doors share one count: login page, API, confirmation, change of the password. Counting comes
first and under a lock, so that many tries at once get no more looks than tries in a row. Only the
account is locked, never an address: one attacker in an office locks nobody else out. The count is
kept for names that no account has as well, so that a lock says nothing about who exists.
"""

import unicodedata
from datetime import datetime, timedelta
from math import ceil

from django.db import connection, transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from crm_site.audit.alarms import sound
from crm_site.audit.models import AuditEvent
from crm_site.audit.services import record
from crm_site.common.refusals import TooManyError
from crm_site.staff.events import SPRAYED
from crm_site.staff.models import LoginTries, User

LIMIT = 5  # wrong passwords in a row
LOCK = timedelta(minutes=15)  # from the last of them; then the account opens by itself
SPRAY = 20  # accounts tried from one address within LOCK: worth an alarm
KEEP = timedelta(days=1)


class LockedError(TooManyError):
    """Too many wrong passwords; ``retry_after`` says when the account opens again."""

    title = _("Too many wrong passwords. The account opens again by itself.")


@transaction.atomic
def spend(*, username: str, ip: str | None, now: datetime) -> int:
    """Count one try for ``username``; return how many there are now, this one included.

    Raise LockedError beyond the limit; tries while it is locked do not prolong the lock.
    """
    key = key_of(username)
    fresh = LoginTries(key=key, tries=0, last_at=now, ip=ip)
    LoginTries.objects.bulk_create([fresh], ignore_conflicts=True)
    row = LoginTries.objects.select_for_update().get(key=key)
    opens = row.last_at + LOCK
    if row.tries >= LIMIT and now < opens:
        wait = ceil((opens - now).total_seconds())
        raise LockedError(retry_after=wait)
    row.tries = 1 if now >= opens else row.tries + 1
    row.last_at, row.ip = now, ip
    row.save(update_fields=["tries", "last_at", "ip"])
    return row.tries


def forgive(*, username: str) -> None:
    """Forget the tries for ``username``: the person has proved who it is."""
    LoginTries.objects.filter(key=key_of(username)).update(tries=0)


def record_failure(*, username: str, tries: int, ip: str | None, now: datetime) -> None:
    """Record a refused password, the lock when this was the last try, and an alarm on spraying.

    What was typed is not kept: people type passwords into the wrong field.
    """
    user = User.objects.filter(username=username).first()
    subject = ("user", user.pk) if user else None
    record(kind="login.failed", actor=None, subject=subject, ip=ip, now=now)
    if tries == LIMIT:
        record(kind="login.locked", actor=None, subject=subject, ip=ip, now=now)
    _watch_address(ip, now)


def forget_old(*, now: datetime) -> int:
    """Delete counts that mean nothing any more; return how many."""
    deleted, _by_model = LoginTries.objects.filter(last_at__lt=now - KEEP).delete()
    return deleted


@transaction.atomic
def _watch_address(ip: str | None, now: datetime) -> None:
    """Raise one alarm a quarter of an hour while one address tries very many accounts."""
    tried = LoginTries.objects.filter(ip=ip, last_at__gt=now - LOCK, tries__gt=0)
    accounts = tried.count() if ip else 0
    if accounts < SPRAY:
        return
    with connection.cursor() as cursor:  # of two failures at once one raises it
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{SPRAYED} {ip}"])
    if not AuditEvent.objects.filter(kind=SPRAYED, ip=ip, at__gt=now - LOCK).exists():
        facts = {"accounts": accounts, "minutes": int(LOCK.total_seconds() // 60)}
        sound(record(kind=SPRAYED, actor=None, facts=facts, ip=ip, now=now))


def key_of(username: str) -> str:
    """Return the keyed digest of a name as people type it; spellings of one name count together."""
    name = unicodedata.normalize("NFKC", username).strip().casefold()
    return salted_hmac("crm_site.staff.attempts", name, algorithm="sha256").hexdigest()
