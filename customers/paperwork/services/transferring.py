"""The file goes from sales to service or property, signed by both sides (CUS-71)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError, StaleError
from crm_site.outbox.services import send
from crm_site.staff.models import User
from customers.paperwork.errors import TransferError
from customers.paperwork.messages import DECIDED, SENT
from customers.paperwork.models import FileTransfer
from customers.paperwork.selectors import checklist
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState
from customers.rules.text import clean_text

RECEIVE = "customers.receive_files"
ON_ITS_WAY = "file_one_on_its_way"
SOLD = (PurchaseState.SIGNED.value, PurchaseState.HANDED_OVER.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """To whom a file goes; the note must say why, where papers are missing."""

    side: str
    receiver: User
    note: str = ""


def send_file(*, purchase: Purchase, sending: Sending, actor: User, now: datetime) -> FileTransfer:
    """Send the file of a sold unit and return the transfer; papers missing stand in it.

    Raise TransferError before the signature, to oneself, to somebody who may not receive or not
    see it, without a note where papers are missing; StaleError while one is on its way.
    """
    note, receiver = clean_text(sending.note), sending.receiver
    papers = checklist(purchase, "file", now=now)
    _check(purchase, receiver, actor)
    if papers.missing and not note:
        raise TransferError(
            _("Missing: %(papers)s. Say when they follow.") % {"papers": ", ".join(papers.missing)}
        )
    try:
        with transaction.atomic():
            row = FileTransfer.objects.create(
                purchase=purchase,
                side=sending.side,
                sender=actor,
                receiver=receiver,
                papers=[line.name for line in papers.lines if line.paper],
                missing=papers.missing,
                note=note,
                sent_at=now,
            )
            _tell(row, receiver, SENT, now)
            _audit("file.sent", row, actor, now)
    except IntegrityError as error:
        if ON_ITS_WAY in str(error):
            raise StaleError(_("The file is on its way already.")) from error
        raise
    return row


def accept_file(*, transfer: FileTransfer, actor: User, now: datetime) -> FileTransfer:
    """Sign for the file; only its receiver does."""
    return _decide(transfer, "accepted", "", actor, now)


def refuse_file(*, transfer: FileTransfer, reason: str, actor: User, now: datetime) -> FileTransfer:
    """Send the file back with a reason; only its receiver does."""
    words = clean_text(reason)
    if not words:
        raise TransferError(_("Say what is missing or wrong."))
    return _decide(transfer, "refused", words, actor, now)


@transaction.atomic
def withdraw_file(*, transfer: FileTransfer, actor: User, now: datetime) -> FileTransfer:
    """Call a file back that was not accepted yet; only who sent it does."""
    row = _locked(transfer)
    if row.sender_id != actor.pk:
        raise NotAllowedError(_("Only who sent the file calls it back."))
    return _end(row, "withdrawn", "", actor, now)


@transaction.atomic
def _decide(
    transfer: FileTransfer, state: str, words: str, actor: User, now: datetime
) -> FileTransfer:
    row = _locked(transfer)
    if row.receiver_id != actor.pk:
        raise NotAllowedError(_("Only the receiver signs for the file."))
    found = _end(row, state, words, actor, now)
    _tell(found, row.sender, DECIDED, now)
    return found


def _locked(transfer: FileTransfer) -> FileTransfer:
    rows = FileTransfer.objects.select_for_update(of=("self",))
    row: FileTransfer = rows.select_related(
        "sender", "receiver", "purchase__unit__building", "purchase__project", "purchase__customer"
    ).get(pk=transfer.pk)
    if row.state != "sent":
        raise StaleError(_("This transfer is over already."))
    return row


def _end(row: FileTransfer, state: str, words: str, actor: User, now: datetime) -> FileTransfer:
    row.state, row.decided_at, row.decision_note = state, now, words
    row.save(update_fields=["state", "decided_at", "decision_note"])
    _audit(f"file.{state}", row, actor, now)
    return row


def _check(purchase: Purchase, receiver: User, actor: User) -> None:
    if purchase.state not in SOLD:
        raise TransferError(_("The file is transferred once the contract is signed."))
    if receiver.pk == actor.pk:
        raise TransferError(_("Somebody else receives the file."))
    seen = Purchase.objects.visible_to(receiver).filter(pk=purchase.pk)
    if not receiver.is_active or not receiver.has_perm(RECEIVE) or not seen.exists():
        raise TransferError(_("This person cannot receive the file of this customer."))


def _tell(row: FileTransfer, person: User, kind: str, now: datetime) -> None:
    send(
        kind=kind,
        recipient=person,
        subject=("purchase", row.purchase_id),
        params={
            "unit": str(row.purchase.unit or row.purchase.project),
            "state": row.state,
            "missing": len(row.missing),
        },
        key=f"file:{row.pk}:{row.state}:{person.pk}",
        now=now,
    )


def _audit(kind: str, row: FileTransfer, actor: User, now: datetime) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("purchase", row.purchase_id),
        reason=row.decision_note or row.note,
        facts={"transfer": row.pk, "missing": len(row.missing), "receiver": row.receiver_id},
        now=now,
    )
