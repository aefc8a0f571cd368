"""A unit passed on to the property company: meters, keys, files, both signatures (SVC-93)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import StaleError
from crm_site.staff.models import User
from customers.handover import choices
from customers.handover.day_models import PropertyTransfer, TransferItem
from customers.handover.errors import DeliveryRefusedError
from customers.handover.models import UnitDelivery
from customers.handover.rules import METERS, TransferPart
from customers.handover.services.slots import lock_delivery
from customers.rules.text import clean_text


@dataclass(frozen=True, slots=True)
class Passing:
    """What goes over of one part: the reading or the words for it, or that it is missing."""

    value: str
    is_missing: bool


@transaction.atomic
def note_transfer(
    *,
    delivery: UnitDelivery,
    passing: Mapping[TransferPart, Passing],
    actor: User,
    now: datetime,
) -> PropertyTransfer:
    """Keep what goes over of a unit and return the transfer; a missing part is flagged.

    Raise DeliveryRefusedError for a part without words, StaleError once somebody has signed.
    """
    current = lock_delivery(delivery)
    transfer, _made = PropertyTransfer.objects.get_or_create(delivery=current)
    if transfer.given_at is not None or transfer.received_at is not None:
        raise StaleError(_("The transfer is signed; it is not changed any more."))
    rows = [_item(transfer, part, passing.get(part)) for part in TransferPart]
    transfer.items.all().delete()
    TransferItem.objects.bulk_create(rows)
    _audit("delivery.transfer_noted", current, actor, now, missing=missing_parts(transfer))
    return transfer


@transaction.atomic
def sign_transfer(
    *, delivery: UnitDelivery, received_name: str, actor: User, now: datetime
) -> PropertyTransfer:
    """Sign for one side and return the transfer: with a name for the property company, else ours.

    Who signs for the company is the person signed in; the property company signs by name, after.
    Raise DeliveryRefusedError before anything is noted, StaleError for a second signature.
    """
    current = lock_delivery(delivery)
    rows = PropertyTransfer.objects.filter(delivery=current)
    transfer: PropertyTransfer | None = rows.first()
    if transfer is None or not transfer.items.exists():
        raise DeliveryRefusedError(_("Note first what goes over."))
    name = clean_text(received_name)
    if not name and transfer.given_at is None:
        transfer.given_by, transfer.given_at = actor, now
    elif name and transfer.given_at is None:
        raise DeliveryRefusedError(_("The side that gives signs first."))
    elif name and transfer.received_at is None:
        transfer.received_name, transfer.received_at = name, now
    elif transfer.is_signed or not name:
        raise StaleError(_("This side has signed already."))
    transfer.save()
    side = "property" if name else "centre"
    _audit("delivery.transfer_signed", current, actor, now, side=side)
    return transfer


def missing_parts(transfer: PropertyTransfer) -> list[str]:
    """Return the parts that are flagged as missing, by key."""
    return list(transfer.items.filter(is_missing=True).values_list("part", flat=True))


def _item(transfer: PropertyTransfer, part: TransferPart, passing: Passing | None) -> TransferItem:
    label = dict(choices.TRANSFER_PARTS)[part.value]
    value = clean_text(passing.value) if passing else ""
    is_missing = passing is not None and passing.is_missing
    if not value and not is_missing:
        raise DeliveryRefusedError(
            _("%(part)s: enter what goes over, or tick that it is missing.") % {"part": label}
        )
    if value and part in METERS and not value.replace(".", "", 1).isdecimal():
        raise DeliveryRefusedError(_("%(part)s: the reading is a number.") % {"part": label})
    return TransferItem(transfer=transfer, part=part.value, value=value, is_missing=is_missing)


def _audit(kind: str, delivery: UnitDelivery, actor: User, now: datetime, **facts: object) -> None:
    record(kind=kind, actor=actor, subject=("delivery", delivery.pk), facts=facts, now=now)
