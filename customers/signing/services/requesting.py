"""Sending a contract for online signature, and calling it back (CUS-65)."""

from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.files import Taken, take_paper
from crm_site.common.refusals import StaleError
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.paperwork.models import PaperFile
from customers.purchase.hooks import refuse_blocked
from customers.purchase.models import Purchase
from customers.purchase.rules import Step
from customers.purchase.services.advancing import ready
from customers.rules.text import clean_text
from customers.signing.errors import SigningError
from customers.signing.forms_pdf import contract_sheet
from customers.signing.models import OPEN_STATES, SigningRequest, SigningTime
from customers.signing.policies import SIGNING, SigningRules
from customers.signing.provider import current_provider
from customers.signing.rules import SigningState, hours_between
from customers.signing.tasks import wake

ONE_OPEN = "signing_one_open"
ENDS = (Step.SIGN, Step.CANCEL, Step.CHANGE_UNIT, Step.CHANGE_NAME)
COPY_BYTES = 20 << 20


def send_online(
    *, purchase: Purchase, contract_no: str, contract: Taken | None, actor: User, now: datetime
) -> SigningRequest:
    """Prepare the contract for the customer's online signature and return the request.

    Without ``contract`` the sheet filled in by the system is sent. The provider gets it after the
    transaction. Raise PurchaseStepError where the purchase cannot be signed now, SigningError
    without a number or with one in use, StaleError while another request is open.
    """
    number, rules = clean_text(contract_no), _rules(now)
    if not number:
        raise SigningError(_("Enter the number of the contract."))
    try:
        with transaction.atomic():
            current = ready(purchase, Step.SIGN, now=now)
            refuse_blocked(current, Step.SIGN, now=now)
            _check_number(current, number)
            taken = contract or pdf_of(
                contract_sheet(current, contract_no=number, made_at=now), name=number
            )
            row = SigningRequest.objects.create(
                purchase=current,
                provider=current_provider().key,
                contract_no=number,
                document=PaperFile.objects.create(**taken.values(), stored_at=now),
                sent_by=actor,
                expires_at=now + timedelta(days=rules.valid_days),
                next_try_at=now,
            )
            audit("signing.sent", row, actor, now)
            transaction.on_commit(wake, robust=True)
    except IntegrityError as error:
        if ONE_OPEN in str(error):
            raise StaleError(_("A contract is waiting for the customer already.")) from error
        raise
    return row


@transaction.atomic
def withdraw_request(*, request: SigningRequest, actor: User, now: datetime) -> SigningRequest:
    """Call back a contract the customer has not signed; a signature that comes later is ignored."""
    row = lock_request(request.pk)
    if row.state not in OPEN_STATES:
        raise StaleError(_("This contract is no longer waiting."))
    end_request(row, SigningState.WITHDRAWN, now=now)
    audit("signing.withdrawn", row, actor, now)
    return row


def follow_step(purchase: Purchase, step: Step, actor: User | None, now: datetime) -> None:
    """End what waits for the customer once the purchase is signed otherwise, changed or over."""
    if step not in ENDS:
        return
    rows = SigningRequest.objects.select_for_update(of=("self",))
    for row in rows.filter(purchase=purchase, state__in=OPEN_STATES):
        end_request(row, SigningState.WITHDRAWN, now=now)
        audit("signing.withdrawn", row, actor, now)


def note_time(purchase: Purchase, step: Step, _actor: User | None, now: datetime) -> None:
    """Write down how long the signature took, against the target in force (CUS-66)."""
    if step is not Step.SIGN or purchase.subscribed_at is None:
        return
    online = SigningRequest.objects.filter(purchase=purchase, state=SigningState.SIGNED)
    signed_at = purchase.signed_at or now
    SigningTime.objects.update_or_create(
        purchase=purchase,
        defaults={
            "subscribed_at": purchase.subscribed_at,
            "signed_at": signed_at,
            "hours": hours_between(purchase.subscribed_at, signed_at),
            "target_hours": _rules(now).target_hours,
            "was_online": online.exists(),
        },
    )


def end_request(row: SigningRequest, state: SigningState, *, now: datetime) -> None:
    """Close a locked request; a signed one is asked for its copy next."""
    row.state, row.ended_at = state.value, now
    row.next_try_at = now if state is SigningState.SIGNED else None
    row.attempts, row.last_error = 0, ""
    row.save()


def lock_request(key: int) -> SigningRequest:
    """Lock and return a request; call it inside a transaction, after locking its purchase."""
    rows = SigningRequest.objects.select_for_update(of=("self",))
    row: SigningRequest = rows.select_related(
        "purchase__unit__building", "purchase__project", "purchase__customer", "sent_by"
    ).get(pk=key)
    return row


def pdf_of(data: bytes, *, name: str) -> Taken:
    """Return a PDF as the store of files takes it."""
    return take_paper(SimpleUploadedFile(f"{name}.pdf", data), limit=COPY_BYTES)


def audit(kind: str, row: SigningRequest, actor: User | None, now: datetime) -> None:
    """Write what happened to a request into the audit trail."""
    record(
        kind=kind,
        actor=actor,
        subject=("purchase", row.purchase_id),
        facts={"request": row.pk, "provider": row.provider, "state": row.state},
        now=now,
    )


def _check_number(purchase: Purchase, number: str) -> None:
    same = Purchase.objects.filter(project=purchase.project_id, contract_no=number)
    waiting = SigningRequest.objects.filter(
        purchase__project=purchase.project_id, contract_no=number, state__in=OPEN_STATES
    )
    if same.exclude(pk=purchase.pk).exists() or waiting.exclude(purchase=purchase).exists():
        raise SigningError(_("This contract number is used already in this project."))


def _rules(now: datetime) -> SigningRules:
    rules: SigningRules = in_force(SIGNING, at=now).value
    return rules
