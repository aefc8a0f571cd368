"""What hangs on the purchase of the world: money, a mortgage, papers, a transfer, signing."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import (
    DeskBooking,
    FileTransfer,
    Mortgage,
    PaperFile,
    Purchase,
    PurchasePaper,
    Receipt,
    SigningRequest,
)
from customers.paperwork.policies import PAPERS


def paid_for(purchase: Purchase) -> dict[str, Any]:
    """Return a receipt, a mortgage, a paper with its copy, a transfer, a contract and a desk."""
    now, seller = timezone.now(), purchase.consultant
    finance = User.objects.get(username="finance")
    in_force(PAPERS, at=now)  # its first version is written by reading
    receipt = Receipt.objects.create(
        purchase=purchase,
        kind="payment",
        amount=5000,
        receipt_no="SJ-1",
        received_on=now.date(),
        way="transfer",
        recorded_by=finance,
        recorded_at=now,
    )
    mortgage = Mortgage.objects.create(
        purchase=purchase,
        bank="建设银行",
        kind="commercial",
        amount=700_000,
        state="applied",
        state_since=now,
        handler=seller,
    )
    paper = PurchasePaper.objects.create(
        purchase=purchase, name="身份证", received_at=now, received_by=seller, copy=scan()
    )
    transfer = FileTransfer.objects.create(
        purchase=purchase,
        side="service",
        sender=seller,
        receiver=User.objects.get(username="specialist"),
        missing=["购房合同"],
        sent_at=now,
    )
    contract = SigningRequest.objects.create(
        purchase=purchase,
        provider="practice",
        contract_no="HT-1",
        document=scan(),
        state="sent",
        sent_by=seller,
        expires_at=now + timedelta(days=7),
    )
    starts_at = now + timedelta(days=1)
    booking = DeskBooking.objects.create(
        purchase=purchase,
        project=purchase.project,
        desk="1号签约台",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        booked_by=seller,
    )
    return {
        "receipt": receipt,
        "mortgage": mortgage,
        "paper": paper,
        "transfer": transfer,
        "contract": contract,
        "booking": booking,
    }


def scan() -> PaperFile:
    """Return a stored PDF."""
    return PaperFile.objects.create(
        name="x.pdf", media_type="application/pdf", size=5, digest="0" * 64, content="JVBERi0="
    )
