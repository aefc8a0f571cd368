"""What the provider is asked in the background: take a contract, hand out its copy (CUS-65).

A provider that is away or answers with an error is asked again, later and later; one that says no
ends the request. A worker claims a row for some minutes and asks without holding anything, so that
a report that comes meanwhile is not kept waiting; what it finds then decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from crm_site.outbox.delivery import MOST_ATTEMPTS, wait_after
from crm_site.policies.services import in_force
from customers.paperwork.models import PurchasePaper
from customers.paperwork.services.papers import keep
from customers.purchase.models import Purchase
from customers.purchase.services.locking import lock_purchase
from customers.signing.errors import ProviderError, ProviderRefusedError
from customers.signing.models import OPEN_STATES, SigningRequest
from customers.signing.policies import SIGNING, SigningRules
from customers.signing.provider import Accepted, provider_of
from customers.signing.rules import SigningState
from customers.signing.services.callbacks import tell_sender
from customers.signing.services.requesting import audit, end_request, lock_request, pdf_of

PER_RUN = 20  # a provider that hangs takes ten seconds of each
LEASE = timedelta(minutes=3)
REPLACED = "signed online"
RELATED = ("purchase__unit__building", "purchase__project", "purchase__customer", "sent_by")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider said: that it took the contract, the signed copy, or why neither."""

    accepted: Accepted | None = None
    copy: bytes = b""
    error: ProviderError | None = None


def tend_signings(*, now: datetime) -> dict[str, int]:
    """Hand over waiting contracts, fetch signed copies, end what ran out; return how many.

    Safe to run twice and at once: a row is claimed before the provider is asked, and the key of a
    request lets the provider take it once.
    """
    done = {"asked": 0, "expired": 0}
    while done["asked"] < PER_RUN:
        row = _claim(now)
        if row is None:
            break
        _settle(row, _ask(row), now)
        done["asked"] += 1
    while _expire_one(now):
        done["expired"] += 1
    return done


@transaction.atomic
def _claim(now: datetime) -> SigningRequest | None:
    """Return a request the provider is to be asked about, put off so that nobody else asks."""
    due = Q(state=SigningState.WAITING) | Q(state=SigningState.SIGNED, signed_copy__isnull=True)
    rows = SigningRequest.objects.filter(due, next_try_at__lte=now).order_by("next_try_at", "pk")
    rows = rows.select_for_update(skip_locked=True, of=("self",)).select_related(
        *RELATED, "document"
    )
    row: SigningRequest | None = rows.first()
    if row is not None:
        row.attempts, row.next_try_at = row.attempts + 1, now + LEASE
        row.save(update_fields=["attempts", "next_try_at", "updated_at"])
    return row


def _ask(row: SigningRequest) -> Answer:
    try:
        provider = provider_of(row.provider)
        if row.state == SigningState.WAITING:
            return Answer(accepted=provider.submit(row))
        return Answer(copy=provider.fetch(row))
    except ProviderError as error:
        return Answer(error=error)


@transaction.atomic
def _settle(asked: SigningRequest, answer: Answer, now: datetime) -> None:
    """Write down what the provider said, on the request as it stands by now."""
    lock_purchase(Purchase.objects.get(pk=asked.purchase_id))
    row = lock_request(asked.pk)
    if answer.error is not None:
        _note_failure(row, answer.error, now)
    elif answer.accepted is not None:
        row.external_id, row.sign_url = answer.accepted.external_id, answer.accepted.sign_url
        row.attempts, row.last_error = 0, ""
        if row.state == SigningState.WAITING:
            row.state, row.next_try_at = SigningState.SENT.value, None
        row.save()
    elif row.signed_copy_id is None:
        _keep_copy(row, answer.copy, now)


def _keep_copy(row: SigningRequest, data: bytes, now: datetime) -> None:
    rules: SigningRules = in_force(SIGNING, at=now).value
    name, copy = rules.contract_paper, pdf_of(data, name=row.contract_no)
    # A scan somebody took in before makes room: the signed copy is the one that counts.
    standing = PurchasePaper.objects.filter(purchase=row.purchase, name=name, withdrawn_at=None)
    standing.update(withdrawn_at=now, withdrawn_reason=REPLACED)
    row.signed_copy = keep(purchase=row.purchase, name=name, copy=copy, actor=None, now=now)
    row.next_try_at, row.attempts, row.last_error = None, 0, ""
    row.save()


def _note_failure(row: SigningRequest, error: ProviderError, now: datetime) -> None:
    words = str(error)[:200]
    gives_up = isinstance(error, ProviderRefusedError) or row.attempts >= MOST_ATTEMPTS
    if gives_up and row.state == SigningState.WAITING:
        end_request(row, SigningState.FAILED, now=now)
        row.last_error = words
        row.save(update_fields=["last_error"])
        audit("signing.failed", row, None, now)
        tell_sender(row, now)
        return
    # A signed copy is asked for until it is there: nothing replaces it.
    row.last_error, row.next_try_at = words, now + wait_after(min(row.attempts, MOST_ATTEMPTS))
    row.save(update_fields=["next_try_at", "last_error", "updated_at"])


def _expire_one(now: datetime) -> bool:
    with transaction.atomic():
        rows = SigningRequest.objects.filter(state__in=OPEN_STATES, expires_at__lte=now)
        rows = rows.select_for_update(skip_locked=True, of=("self",)).select_related(*RELATED)
        row = rows.order_by("pk").first()
        if row is None:
            return False
        end_request(row, SigningState.EXPIRED, now=now)
        audit("signing.expired", row, None, now)
        tell_sender(row, now)
    return True
