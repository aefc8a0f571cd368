"""From the hold to the keys: pre-subscribe, subscribe, sign, cancel, take back (CUS-64)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from customers.pricing.services.discounts import settle_price
from customers.property.launching import is_launched
from customers.property.papers import is_reviewed_wording_in_force
from customers.purchase import choices
from customers.purchase.errors import NotLaunchedError, PurchaseStepError
from customers.purchase.hooks import refuse_blocked
from customers.purchase.models import Purchase, PurchaseParty
from customers.purchase.policies import HOLDS, HoldRules
from customers.purchase.rules import Step, may_step
from customers.purchase.services.holding import NO_WORDING
from customers.purchase.services.locking import end, lock_purchase, take_step
from customers.rules.axes import LeadState
from customers.rules.text import clean_text
from customers.services.leads import advance_to

LEAD_STATE = {Step.SUBSCRIBE: LeadState.SUBSCRIBED, Step.SIGN: LeadState.SIGNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What was agreed: prices and deposit in yuan, as written in the subscription."""

    list_total: Decimal
    agreed_total: Decimal
    deposit: Decimal


@transaction.atomic
def presubscribe(*, purchase: Purchase, deposit: Decimal, actor: User, now: datetime) -> Purchase:
    """Turn a hold into a pre-subscription 认筹 with its deposit (yuan) and return it.

    Raise PurchaseStepError while the project has no reviewed wording in force (MKT-60).
    """
    rules: HoldRules = in_force(HOLDS, at=now).value
    current = ready(purchase, Step.PRESUBSCRIBE, now=now)
    if not is_reviewed_wording_in_force(current.project, now=now):
        raise PurchaseStepError(NO_WORDING)
    if deposit <= 0:
        raise PurchaseStepError(_("Enter the deposit that was paid."))
    current.deposit = deposit
    current.expires_at = now + timedelta(days=rules.presubscribed_days)
    take_step(current, Step.PRESUBSCRIBE, actor=actor, now=now, deposit=str(deposit))
    _audit("purchase.presubscribed", current, actor, now)
    return current


@transaction.atomic
def subscribe(*, purchase: Purchase, terms: Terms, actor: User, now: datetime) -> Purchase:
    """Turn a hold or a pre-subscription into a subscription 认购 and return it.

    The lead follows. Raise PurchaseStepError for a step the table does not list and for amounts
    that cannot be, DiscountError for a price that is not the list's and not approved (MKT-46),
    NotLaunchedError before the project is on sale.
    """
    current = ready(purchase, Step.SUBSCRIBE, now=now)
    if not is_launched(current.project_id):
        raise NotLaunchedError(current.project)
    if terms.agreed_total <= 0 or terms.list_total <= 0:
        raise PurchaseStepError(_("The price must be above 0."))
    if not 0 < terms.deposit <= terms.agreed_total:
        raise PurchaseStepError(_("The deposit must be above 0 and at most the price."))
    listed = settle_price(
        purchase=current,
        listed=terms.list_total,
        agreed=terms.agreed_total,
        actor=actor,
        now=now,
    )
    current.list_total, current.agreed_total = listed, terms.agreed_total
    current.deposit, current.subscribed_at, current.expires_at = terms.deposit, now, None
    take_step(
        current,
        Step.SUBSCRIBE,
        actor=actor,
        now=now,
        list_total=str(listed),
        agreed_total=str(terms.agreed_total),
        deposit=str(terms.deposit),
    )
    PurchaseParty.objects.get_or_create(
        purchase=current, role="buyer", defaults={"customer": current.customer}
    )
    _follow(current, Step.SUBSCRIBE, actor=actor, now=now)
    _audit("purchase.subscribed", current, actor, now)
    return current


@transaction.atomic
def sign(*, purchase: Purchase, contract_no: str, actor: User, now: datetime) -> Purchase:
    """Note the signed contract under its number and return the purchase; the lead follows.

    Raise PurchaseStepError naming everything that is still open before the signature.
    """
    number = clean_text(contract_no)
    if not number:
        raise PurchaseStepError(_("Enter the number of the contract."))
    current = ready(purchase, Step.SIGN, now=now)
    same = Purchase.objects.filter(project=current.project_id, contract_no=number)
    if same.exclude(pk=current.pk).exists():
        raise PurchaseStepError(_("This contract number is used already in this project."))
    refuse_blocked(current, Step.SIGN, now=now)
    current.contract_no, current.signed_at = number, now
    take_step(current, Step.SIGN, actor=actor, now=now, contract_no=number)
    _follow(current, Step.SIGN, actor=actor, now=now)
    _audit("purchase.signed", current, actor, now)
    return current


@transaction.atomic
def hand_over(*, purchase: Purchase, actor: User, now: datetime) -> Purchase:
    """Note that the buyer has the keys and return the purchase.

    Raise PurchaseStepError naming everything that is still open before the handover.
    """
    current = ready(purchase, Step.HAND_OVER, now=now)
    refuse_blocked(current, Step.HAND_OVER, now=now)
    current.handed_over_at = now
    take_step(current, Step.HAND_OVER, actor=actor, now=now)
    _audit("purchase.handed_over", current, actor, now)
    return current


@transaction.atomic
def cancel(*, purchase: Purchase, reason: str, actor: User, now: datetime) -> Purchase:
    """Cancel a pre-subscription or subscription, with a reason; the unit is free again."""
    words = clean_text(reason)
    if not words:
        raise PurchaseStepError(_("Say why the purchase is cancelled."))
    current = ready(purchase, Step.CANCEL, now=now)
    end(current, Step.CANCEL, actor=actor, now=now, reason=words)
    _audit("purchase.cancelled", current, actor, now, reason=words)
    return current


def ready(purchase: Purchase, step: Step, *, now: datetime) -> Purchase:
    """Lock and return the purchase; refuse a step its state does not list or that comes too late.

    Call it inside a transaction. Raise PurchaseStepError.
    """
    current = lock_purchase(purchase)
    if Purchase.objects.filter(pk=current.pk).lapsed().exists():
        raise PurchaseStepError(_("The time of this hold is over. Hold the unit again."))
    if not may_step(current.state, step):
        words = dict(choices.STEPS)[step.value], dict(choices.STATES)[current.state]
        raise PurchaseStepError(
            _("“%(step)s” is not possible for a purchase that is “%(state)s”.")
            % {"step": words[0], "state": words[1]}
        )
    return current


def _follow(purchase: Purchase, step: Step, *, actor: User, now: datetime) -> None:
    if purchase.lead is not None:
        advance_to(lead=purchase.lead, to=LEAD_STATE[step], actor=actor, now=now)


def _audit(kind: str, purchase: Purchase, actor: User, now: datetime, reason: str = "") -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("purchase", purchase.pk),
        reason=reason,
        facts={"unit": purchase.unit_id, "state": purchase.state},
        now=now,
    )
