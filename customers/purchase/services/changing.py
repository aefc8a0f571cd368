"""What happens to a purchase off the straight way: signature taken back, another name or unit.

Taking a signature back (退房) and changing the name (更名) need the signatures of others: the
request is an approval over exactly this purchase as it stands, used once by who asked.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, request_approval, use
from crm_site.audit.services import record
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.models import Customer
from customers.property.models import Unit
from customers.purchase.errors import PurchaseStepError
from customers.purchase.models import Purchase, PurchaseParty
from customers.purchase.policies import HOLDS, HoldRules
from customers.purchase.rules import EDGES, PurchaseState, Step
from customers.purchase.services.advancing import ready
from customers.purchase.services.holding import ONE_ACTIVE, check_free, taken
from customers.purchase.services.locking import end, lock_customers, lock_units, note, take_step
from customers.rules.text import clean_text

KIND_OF_STEP = {Step.UNSIGN: "purchase.unsign", Step.CHANGE_NAME: "purchase.change_name"}
BUYER = "buyer"


@transaction.atomic
def ask_for(
    *,
    purchase: Purchase,
    step: Step,
    reason: str,
    actor: User,
    now: datetime,
    new_buyer: Customer | None = None,
) -> Approval:
    """Ask for the signatures that ``step`` needs and return the request (A-50).

    Raise PurchaseStepError without a reason and for a step that is not possible now.
    """
    words = clean_text(reason)
    if not words:
        raise PurchaseStepError(_("Say why; those who sign read it."))
    current = ready(purchase, step, now=now)
    return request_approval(
        asked=Asked(
            kind=KIND_OF_STEP[step],
            title=str(current.unit),
            content=content_of(current, new_buyer),
            reason=words,
            subject=("purchase", current.pk),
        ),
        requester=actor,
        now=now,
    )


@transaction.atomic
def unsign(*, purchase: Purchase, approval_id: int, actor: User, now: datetime) -> Purchase:
    """Take a signed contract back under its approval, free the unit and return the purchase.

    Raise ApprovalNotUsableError unless exactly this was signed by both, once, in time.
    """
    current = ready(purchase, Step.UNSIGN, now=now)
    approval = _use(Step.UNSIGN, approval_id, content_of(current), actor, now)
    end(current, Step.UNSIGN, actor=actor, now=now, reason=approval.reason[:200])
    _audit("purchase.unsigned", current, approval, actor, now)
    return current


@transaction.atomic
def change_name(
    *, purchase: Purchase, approval_id: int, new_buyer: Customer, actor: User, now: datetime
) -> Purchase:
    """Put another buyer's name into a subscription under its approval and return the purchase.

    Both customers are locked; the former buyer stays in the event.
    """
    lock_customers([purchase.customer_id, new_buyer.pk])
    current = ready(purchase, Step.CHANGE_NAME, now=now)
    if new_buyer.pk == current.customer_id:
        raise PurchaseStepError(_("This customer is the buyer already."))
    approval = _use(Step.CHANGE_NAME, approval_id, content_of(current, new_buyer), actor, now)
    former = current.customer_id
    PurchaseParty.objects.filter(purchase=current, customer=new_buyer).delete()
    PurchaseParty.objects.filter(purchase=current, role=BUYER).update(customer=new_buyer)
    current.customer = new_buyer
    current.lead = None
    take_step(
        current,
        Step.CHANGE_NAME,
        actor=actor,
        now=now,
        reason=approval.reason[:200],
        from_customer=former,
        to_customer=new_buyer.pk,
    )
    _audit("purchase.name_changed", current, approval, actor, now)
    return current


def change_unit(*, purchase: Purchase, unit: Unit, actor: User, now: datetime) -> Purchase:
    """Move a purchase to another free unit of the project (换房) and return the new purchase.

    Both units are locked in the order of their keys; the old purchase ends in the same
    transaction, so nobody gets the new unit without giving the old one back. A subscription
    becomes a hold, because its price is agreed anew; the deposit goes along. Raise UnitTakenError
    or UnitWithheldError.
    """
    rules: HoldRules = in_force(HOLDS, at=now).value
    try:
        with transaction.atomic():
            return _moved(purchase, unit, rules, actor, now)
    except IntegrityError as error:
        if ONE_ACTIVE in str(error):
            raise taken(unit, actor) from error
        raise


def _moved(
    purchase: Purchase, unit: Unit, rules: HoldRules, actor: User, now: datetime
) -> Purchase:
    lock_customers([purchase.customer_id])
    units = lock_units(key for key in (purchase.unit_id, unit.pk) if key)
    current = ready(purchase, Step.CHANGE_UNIT, now=now)
    if unit.pk == current.unit_id or units[unit.pk].project_id != current.project_id:
        raise PurchaseStepError(_("Choose another unit of the same project."))
    check_free(units[unit.pk], actor, now=now)
    state, expires_at, deposit = current.state, current.expires_at, current.deposit
    if state == PurchaseState.SUBSCRIBED:
        state = PurchaseState.HELD.value
        expires_at = units[unit.pk].clock + timedelta(hours=rules.hours)
    end(current, Step.CHANGE_UNIT, actor=actor, now=now, reason=str(units[unit.pk])[:200])
    fresh = Purchase.objects.create(
        project_id=current.project_id,
        unit=units[unit.pk],
        customer_id=current.customer_id,
        lead_id=current.lead_id,
        consultant_id=current.consultant_id,
        state=state,
        state_since=now,
        begun_at=now,
        expires_at=expires_at,
        deposit=deposit,
        moved_from=current,
    )
    parties = [
        PurchaseParty(purchase=fresh, customer_id=party.customer_id, role=party.role)
        for party in current.parties.all()
    ]
    PurchaseParty.objects.bulk_create(parties)
    note(fresh, Step.CHANGE_UNIT.value, before="", actor=actor, now=now, from_purchase=current.pk)
    record(
        kind="purchase.unit_changed",
        actor=actor,
        subject=("purchase", fresh.pk),
        facts={"from_unit": current.unit_id, "to_unit": unit.pk},
        now=now,
    )
    return fresh


def content_of(purchase: Purchase, new_buyer: Customer | None = None) -> dict[str, Any]:
    """Return what is signed: the purchase as it stands, so that any change voids the signatures."""
    content: dict[str, Any] = {
        "purchase": purchase.pk,
        "unit": purchase.unit_id,
        "state": purchase.state,
        "contract_no": purchase.contract_no,
        "agreed_total": str(purchase.agreed_total or ""),
        "customer": purchase.customer_id,
    }
    return content | ({"new_buyer": new_buyer.pk} if new_buyer else {})


def _use(
    step: Step, approval_id: int, content: Mapping[str, Any], actor: User, now: datetime
) -> Approval:
    if not EDGES[step].needs_approval:
        message = f"{step} needs no approval"
        raise ValueError(message)
    return use(
        approval_id=approval_id, kind=KIND_OF_STEP[step], content=content, user=actor, now=now
    )


def _audit(kind: str, purchase: Purchase, approval: Approval, actor: User, now: datetime) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("purchase", purchase.pk),
        reason=approval.reason,
        facts={"unit": purchase.unit_id, "approval": approval.pk},
        now=now,
    )
