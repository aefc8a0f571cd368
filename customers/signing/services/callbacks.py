"""What a provider reports: believed by its signature, applied once, in any order (CUS-65)."""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.common.refusals import RefusedError
from crm_site.outbox.gateway import signature
from crm_site.outbox.services import send
from customers.purchase.models import Purchase
from customers.purchase.services.advancing import sign
from customers.purchase.services.locking import lock_purchase
from customers.signing.errors import (
    CallbackError,
    CallbackSignatureError,
    ProviderRefusedError,
)
from customers.signing.messages import ENDED
from customers.signing.models import SigningCallback, SigningRequest
from customers.signing.provider import provider_of
from customers.signing.rules import REPORTED, SigningState, state_after
from customers.signing.services.requesting import audit, end_request, lock_request
from customers.signing.tasks import wake

OLDEST: Final = 300  # seconds a report may be on its way
LONGEST: Final = 64 * 1024
APPLIED, IGNORED, REPLAYED = "applied", "ignored", "replayed"


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it is read: the provider's key of it, the request, what happened."""

    event: str
    request: UUID
    reported: str
    digest: str


def take_callback(*, body: bytes, timestamp: str, signed: str, now: datetime) -> str:
    """Apply a report and return "applied", "ignored" (nothing to change) or "replayed".

    The first report that ends a request moves the purchase to signed; whatever is repeated, late
    or out of order changes nothing. Raise CallbackError for what cannot be read, that names no
    request or another document, CallbackSignatureError for a wrong or old signature.
    """
    report = _read(body)
    found = SigningRequest.objects.select_related("purchase").filter(key=report.request).first()
    _require_signature(found, body, timestamp, signed, now)
    assert found is not None  # noqa: S101 -- an unknown request has no signature
    if report.digest and report.digest != found.document.digest:
        raise CallbackError(_("The report is about another document."), code="other-document")
    try:
        with transaction.atomic():
            return _apply(found, report, now)
    except IntegrityError as error:
        if "signing_callback_once" in str(error):
            return REPLAYED
        raise


def _require_signature(
    found: SigningRequest | None, body: bytes, timestamp: str, signed: str, now: datetime
) -> None:
    """Raise unless the report was signed with the secret of the request's provider just now."""
    secret = ""
    if found is not None:
        try:
            secret = provider_of(found.provider).secret()
        except ProviderRefusedError:
            secret = ""
    fresh = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    fresh = fresh and abs(now.timestamp() - int(timestamp)) <= OLDEST
    right = signature(secret or "none", timestamp, body)
    if not secret or not hmac.compare_digest(right.encode(), signed.encode()) or not fresh:
        raise CallbackSignatureError(_("The signature is wrong or too old."))


def _read(body: bytes) -> Report:
    if len(body) > LONGEST:
        raise CallbackError(_("The report is too long."))
    try:
        said: Any = json.loads(body)
        report = Report(
            event=str(said["event"]),
            request=UUID(str(said["request"])),
            reported=str(said["status"]),
            digest=str(said.get("digest", "")),
        )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CallbackError(_("Name event, request and status.")) from error
    if not 0 < len(report.event) <= 100 or report.reported not in REPORTED:
        raise CallbackError(_("Name event, request and status."))
    return report


def _apply(found: SigningRequest, report: Report, now: datetime) -> str:
    """Lock purchase and request, in that order, and move what the report moves."""
    purchase = lock_purchase(Purchase.objects.get(pk=found.purchase_id))
    row = lock_request(found.pk)
    known = SigningCallback.objects.filter(provider=row.provider, event=report.event)
    if known.exists():
        return REPLAYED
    state = state_after(row.state, report.reported)
    SigningCallback.objects.create(
        provider=row.provider,
        event=report.event,
        request=row,
        reported=report.reported,
        is_applied=state is not None,
        received_at=now,
    )
    if state is None:
        return IGNORED
    end_request(row, state, now=now)
    audit(f"signing.{state.value}", row, None, now)
    if state is SigningState.SIGNED:
        _sign(row, purchase, now)
        transaction.on_commit(wake, robust=True)
    tell_sender(row, now)
    return APPLIED


def _sign(row: SigningRequest, purchase: Purchase, now: datetime) -> None:
    """Let the purchase follow; what keeps it is noted and told, the signature stands."""
    try:
        with transaction.atomic():
            sign(purchase=purchase, contract_no=row.contract_no, actor=row.sent_by, now=now)
    except RefusedError as refusal:
        row.problem = str(refusal)[:300]
        row.save(update_fields=["problem", "updated_at"])


def tell_sender(row: SigningRequest, now: datetime) -> None:
    """Tell who sent the contract how it ended."""
    send(
        kind=ENDED,
        recipient=row.sent_by,
        subject=("purchase", row.purchase_id),
        params={
            "unit": str(row.purchase.unit or row.purchase.project),
            "state": row.state,
            "problem": row.problem,
        },
        key=f"signing:{row.pk}:{row.state}:{row.sent_by_id}",
        now=now,
    )
