"""Writing down what a buyer was told and that the buyer confirmed it (CUS-67, SVC-14, MKT-62)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.journey.errors import FileItemError
from customers.journey.file import FileLine, file_lines, stated
from customers.journey.models import ToldItem
from customers.journey.rules import NAMED_PROOF
from customers.purchase.models import Purchase
from customers.purchase.rules import ACTIVE
from customers.purchase.services.locking import lock_purchase
from customers.rules.text import clean_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """How and on which day the buyer confirmed; ``proof`` says where that can be looked up."""

    how: str
    on: date
    proof: str = ""


@transaction.atomic
def tell(
    *,
    purchase: Purchase,
    keys: Collection[str],
    on: date,
    note: str = "",
    actor: User,
    now: datetime,
) -> list[ToldItem]:
    """Write down that ``actor`` told the buyer these items on a day; return the rows.

    What was told of them before is told anew and waits for its confirmation again. Raise
    FileItemError for an item the file does not have, a day to come, and an ended purchase.
    """
    _check_day(on, now)
    current, lines = _locked(purchase, keys, now=now)
    rows = []
    for line in lines:
        if line.told is not None:
            ToldItem.objects.filter(pk=line.told.pk).update(is_current=False)
        rows.append(
            ToldItem.objects.create(
                purchase=current,
                item=line.item,
                factor=line.factor,
                customer_id=current.customer_id,
                stated=line.factor.text if line.factor else stated(current, line.item),
                note=clean_text(note),
                told_by=actor,
                told_on=on,
                told_at=now,
            )
        )
    _audit("file.told", current, lines, actor, now)
    return rows


@transaction.atomic
def confirm(
    *,
    purchase: Purchase,
    keys: Collection[str],
    confirmation: Confirmation,
    actor: User,
    now: datetime,
) -> list[FileLine]:
    """Write down that the buyer confirmed items that were told; return them.

    Raise FileItemError for an item that was not told as it is now, one confirmed already, a day
    before it was told or to come, and a missing proof. Nothing is written then.
    """
    _check_day(confirmation.on, now)
    proof = clean_text(confirmation.proof)
    if confirmation.how in NAMED_PROOF and not proof:
        raise FileItemError(_("Say where the confirmation can be looked up, such as a number."))
    current, lines = _locked(purchase, keys, now=now)
    for line in lines:
        _check_told(line, confirmation.on)
    ToldItem.objects.filter(pk__in=[line.told.pk for line in lines if line.told]).update(
        confirmed_on=confirmation.on,
        confirmed_how=confirmation.how,
        proof=proof,
        confirmed_at=now,
        recorded_by=actor,
    )
    _audit("file.confirmed", current, lines, actor, now)
    return lines


def _locked(
    purchase: Purchase, keys: Collection[str], *, now: datetime
) -> tuple[Purchase, list[FileLine]]:
    current = lock_purchase(purchase)
    if current.unit_id is None or current.state not in {each.value for each in ACTIVE}:
        raise FileItemError(_("The purchase has ended, or has no unit yet."))
    by_key = {line.key: line for line in file_lines(current, now=now)}
    if not keys or not set(keys) <= set(by_key):
        raise FileItemError(_("Choose items of this file. Reload: an adverse factor may be gone."))
    return current, [line for key, line in by_key.items() if key in keys]


def _check_day(on: date, now: datetime) -> None:
    if on > timezone.localdate(now):
        raise FileItemError(_("The day lies in the future."))


def _check_told(line: FileLine, on: date) -> None:
    if line.is_outdated:
        raise FileItemError(
            _("“%(item)s” has changed since it was told. Tell it again first.")
            % {"item": line.name}
        )
    if line.told is None:
        raise FileItemError(_("“%(item)s” was not told yet.") % {"item": line.name})
    if line.told.confirmed_on is not None:
        raise FileItemError(_("“%(item)s” is confirmed already.") % {"item": line.name})
    if on < line.told.told_on:
        raise FileItemError(_("The confirmation lies before the day it was told."))


def _audit(
    kind: str, purchase: Purchase, lines: Collection[FileLine], actor: User, now: datetime
) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("purchase", purchase.pk),
        facts={"items": [line.key for line in lines]},
        now=now,
    )
