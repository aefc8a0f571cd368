"""Writing entries: one conditional update guards the balance, one unique key the entry.

Of any number of writers at once each takes what is there when its turn comes: the update counts
only while the balance covers it, whatever was read before.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from crm_site.ledger.errors import KeyReusedError, LedgerError, OverdrawnError
from crm_site.staff.models import User

CENT = Decimal("0.01")
REVERSAL = "reversal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """What is to be written: a signed amount, its kind, the key that makes it happen once.

    ``more`` are values of columns that the app's entry has beside those of every entry.
    """

    amount: Decimal
    kind: str
    key: str
    note: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@transaction.atomic
def post(*, account: Any, posting: Posting, actor: User | None, now: datetime) -> Any:
    """Write the entry, move the balance, and return the entry; the same key returns the first one.

    Raise OverdrawnError where the balance does not cover it, KeyReusedError where the key stands
    for another amount or kind, LedgerError for an amount of nothing or of parts of a cent.
    """
    if not posting.amount or posting.amount != posting.amount.quantize(CENT):
        raise LedgerError(_("Enter an amount in yuan and cents that is not zero."))
    take(account, Decimal(0))  # holds the account: a repeat waits for the first and then finds it
    known = account.entries.filter(key=posting.key).first()
    if known is not None:
        if (known.amount, known.kind) != (posting.amount, posting.kind):
            raise KeyReusedError(_("This entry was written before with another amount."))
        return known
    return _write(account, posting, None, actor=actor, now=now)


@transaction.atomic
def reverse(*, entry: Any, reason: str, actor: User | None, now: datetime) -> Any:
    """Write the opposite of an entry, which stays as it is, and return it.

    Raise LedgerError without a reason, for a reversal and for an entry reversed before,
    OverdrawnError where the money is spent already.
    """
    account = entry.account
    take(account, Decimal(0))
    if not reason.strip():
        raise LedgerError(_("Say why the entry is reversed."))
    if entry.reverses_id is not None or type(entry).objects.filter(reverses=entry).exists():
        raise LedgerError(_("This entry is a reversal, or was reversed already."))
    posting = Posting(
        amount=-entry.amount,
        kind=REVERSAL,
        key=f"reversal:{entry.pk}",
        note=reason.strip()[:300],
    )
    return _write(account, posting, entry, actor=actor, now=now)


def take(account: Any, amount: Decimal) -> bool:
    """Move the balance by a signed amount and hold the account until the transaction ends.

    Return whether the balance covered it; one conditional update, so nothing comes in between.
    """
    rows = type(account)._base_manager.filter(pk=account.pk, balance__gte=-amount)
    return bool(rows.update(balance=F("balance") + amount))


def _write(
    account: Any, posting: Posting, reverses: Any, *, actor: User | None, now: datetime
) -> Any:
    covered = take(account, posting.amount)
    account.refresh_from_db(fields=["balance"])
    if not covered:
        raise OverdrawnError(
            _("The balance of %(balance)s yuan does not cover it.") % {"balance": account.balance}
        )
    return account.entries.create(
        amount=posting.amount,
        balance_after=account.balance,
        kind=posting.kind,
        key=posting.key,
        note=posting.note,
        reverses=reverses,
        at=now,
        actor=actor,
        **posting.more,
    )
