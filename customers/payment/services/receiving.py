"""Booking what came in and what goes back; rows are only added (CUS-70)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.display import money
from crm_site.staff.models import User
from customers.payment.errors import ReceiptError
from customers.payment.models import Receipt
from customers.payment.rules import NOTHING, ReceiptKind
from customers.payment.selectors import PAYING, received_of
from customers.purchase.models import Purchase
from customers.purchase.services.locking import lock_purchase
from customers.rules.behaviour import BehaviourKind, Deal
from customers.rules.text import clean_text
from customers.services.behaviour import BehaviourEntry, take_in_events

KINDS = {
    ReceiptKind.PAYMENT: "payment.received",
    ReceiptKind.REFUND: "payment.refunded",
    ReceiptKind.REVERSAL: "payment.reversed",
}
NUMBER_ONCE = "receipt_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """One movement as it is typed: the amount in yuan is above 0, whatever its kind."""

    amount: Decimal
    receipt_no: str
    received_on: date
    way: str
    note: str = ""


def receive(*, purchase: Purchase, money_in: Money, actor: User, now: datetime) -> Receipt:
    """Book a payment and return its row.

    Raise ReceiptError for a number that exists, an amount that is not above 0 or more than is
    still open, a day to come, and a purchase that is not, or no longer, paid for.
    """
    return _book(purchase, ReceiptKind.PAYMENT, money_in, actor, now)


def refund(*, purchase: Purchase, money_back: Money, actor: User, now: datetime) -> Receipt:
    """Book what is paid back and return its row; never more than the company holds."""
    if not clean_text(money_back.note):
        raise ReceiptError(_("Say why the money goes back."))
    return _book(purchase, ReceiptKind.REFUND, money_back, actor, now)


@transaction.atomic
def reverse(*, receipt: Receipt, receipt_no: str, note: str, actor: User, now: datetime) -> Receipt:
    """Undo a wrong entry by its opposite, once, with a reason; return the new row."""
    words = clean_text(note)
    if not words:
        raise ReceiptError(_("Say what was wrong with the entry."))
    current = lock_purchase(receipt.purchase)
    if receipt.kind == ReceiptKind.REVERSAL:
        raise ReceiptError(_("A reversal cannot be reversed. Book the entry again."))
    if Receipt.objects.filter(reverses=receipt).exists():
        raise ReceiptError(_("This entry is reversed already."))
    if received_of(current) - receipt.amount < 0:
        raise ReceiptError(_("The money of this entry was paid back already."))
    row = Receipt(
        purchase=current,
        kind=ReceiptKind.REVERSAL,
        amount=-receipt.amount,
        receipt_no=clean_text(receipt_no),
        received_on=timezone.localtime(now).date(),
        way=receipt.way,
        note=words,
        reverses=receipt,
    )
    return _add(row, actor, now)


@transaction.atomic
def _book(
    purchase: Purchase, kind: ReceiptKind, entry: Money, actor: User, now: datetime
) -> Receipt:
    current = lock_purchase(purchase)
    if entry.amount <= 0:
        raise ReceiptError(_("The amount must be above 0."))
    if entry.received_on > timezone.localtime(now).date():
        raise ReceiptError(_("This day is still to come."))
    _check_room(current, kind, entry.amount)
    row = Receipt(
        purchase=current,
        kind=kind,
        amount=entry.amount if kind is ReceiptKind.PAYMENT else -entry.amount,
        receipt_no=clean_text(entry.receipt_no),
        received_on=entry.received_on,
        way=entry.way,
        note=clean_text(entry.note),
    )
    return _add(row, actor, now)


def _check_room(purchase: Purchase, kind: ReceiptKind, amount: Decimal) -> None:
    held = received_of(purchase)
    if kind is ReceiptKind.REFUND:
        if amount > held:
            raise ReceiptError(_("Only %(held)s of this purchase is here.") % {"held": money(held)})
        return
    if purchase.state not in PAYING:
        raise ReceiptError(_("Nothing is paid for a purchase in this state."))
    owed = (purchase.agreed_total or purchase.deposit or NOTHING) - held
    if amount > owed:
        raise ReceiptError(_("Only %(owed)s is still open.") % {"owed": money(max(NOTHING, owed))})


def _add(row: Receipt, actor: User, now: datetime) -> Receipt:
    if not row.receipt_no:
        raise ReceiptError(_("Enter the number of the receipt."))
    row.recorded_by, row.recorded_at = actor, now
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if NUMBER_ONCE in str(error):
            raise ReceiptError(_("This receipt number is used already.")) from error
        raise
    record(
        kind=KINDS[ReceiptKind(row.kind)],
        actor=actor,
        subject=("purchase", row.purchase_id),
        reason=row.note,
        facts={"receipt": row.pk, "amount": f"{row.amount:.2f}"},
        now=now,
    )
    if row.kind == ReceiptKind.PAYMENT:
        _note_behaviour(row, actor, now)
    return row


def _note_behaviour(row: Receipt, actor: User, now: datetime) -> None:
    """Let the payment count as behaviour of the customer, which values and forecasts read."""
    entry = BehaviourEntry(
        event_id=f"receipt:{row.pk}",
        kind=BehaviourKind.TRANSACTION.value,
        action=Deal.PAYMENT.value,
        at=now,
        facts={"amount": f"{row.amount:.2f}"},
        customer=row.purchase.customer_id,
    )
    take_in_events(entries=[entry], actor=actor, now=now)
