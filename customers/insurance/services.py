"""Policies and claims: written down, assessed, paid within the cover, repaired (SVC-98)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.audit.services import record
from crm_site.common.refusals import RefusedError, StaleError
from crm_site.staff.models import User
from customers.insurance.models import RepairClaim, RepairPolicy
from customers.insurance.rules import BEFORE, ClaimState, is_covered, left_of
from customers.rules.text import clean_text

PAID = (ClaimState.PAID.value, ClaimState.REPAIRED.value)
WAITING = (ClaimState.CLAIMED.value, ClaimState.ASSESSED.value)


class InsuranceError(RefusedError):
    """The policy does not allow this."""

    code = "insurance-refused"
    title = gettext_lazy("The insurance stays as it is")


@dataclass(frozen=True, slots=True)
class Totals:
    """The money of one policy in yuan, and how many claims it has."""

    claims: int
    open: int
    claimed: Decimal
    assessed: Decimal
    paid: Decimal
    left: Decimal


def save_policy(*, policy: RepairPolicy, actor: User, now: datetime) -> RepairPolicy:
    """Keep a policy and return it; raise InsuranceError where its number is on file."""
    policy.updated_at = now
    try:
        with transaction.atomic():
            policy.save()
            _audit("insurance.saved", policy, actor, now)
    except IntegrityError as error:
        if "repair_policy_once" not in str(error):
            raise
        raise InsuranceError(_("This policy is on file already.")) from error
    return policy


@transaction.atomic
def claim_repair(*, claim: RepairClaim, actor: User, now: datetime) -> RepairClaim:
    """Claim the repair of a defect and return the claim.

    Raise InsuranceError for a defect outside the days of the policy and for no amount.
    """
    policy = _locked(claim.policy)
    if not is_covered(
        on=claim.found_on, covers_from=policy.covers_from, covers_until=policy.covers_until
    ):
        raise InsuranceError(_("The policy does not cover the day the defect was found."))
    if claim.claimed <= 0:
        raise InsuranceError(_("The amount must be above 0."))
    claim.author, claim.created_at = actor, now
    claim.save()
    _audit("insurance.claimed", policy, actor, now, claim=claim.pk)
    return claim


@transaction.atomic
def advance_claim(
    *,
    claim: RepairClaim,
    to: ClaimState,
    amount: Decimal | None,
    note: str,
    actor: User,
    now: datetime,
) -> RepairClaim:
    """Take a claim one step along and return it; ``amount`` (yuan) is what was assessed.

    What is paid is what was assessed, within what the cover still holds. Raise StaleError out of
    order, InsuranceError without what the step needs.
    """
    policy = _locked(claim.policy)
    row = RepairClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    if row.state not in {state.value for state in BEFORE[to]}:
        raise StaleError(_("The claim is not at this step."))
    words, today = clean_text(note), timezone.localdate(now)
    if to is ClaimState.ASSESSED:
        _assess(row, amount)
        row.assessed_on = today
    elif to is ClaimState.PAID:
        _refuse_beyond_cover(row, policy)
        row.paid_on = today
    elif to is ClaimState.REPAIRED:
        row.repaired_on = today
    if to in {ClaimState.REJECTED, ClaimState.REPAIRED} and not words:
        raise InsuranceError(_("Say why it was rejected, or what was repaired."))
    row.state, row.note, row.updated_at = to.value, words or row.note, now
    row.save()
    _audit(f"insurance.{to.value}", policy, actor, now, claim=row.pk)
    return row


def totals_by_policy(policies: Iterable[RepairPolicy]) -> dict[int, Totals]:
    """Return the totals of each policy by its key; one statement. Rejected claims pay nothing."""
    known = list(policies)
    counted = (
        RepairClaim.objects.filter(policy__in=[policy.pk for policy in known])
        .values("policy")
        .annotate(
            count=Count("pk"),
            waiting=Count("pk", filter=Q(state__in=WAITING)),
            all_claimed=Sum("claimed"),
            all_assessed=Sum("assessed"),
            all_paid=Sum("assessed", filter=Q(state__in=PAID)),
        )
        .order_by()
    )
    found = {row["policy"]: row for row in counted}
    return {policy.pk: _totals(policy, found.get(policy.pk, {})) for policy in known}


def totals_of(policy: RepairPolicy) -> Totals:
    """Return the totals of one policy."""
    return totals_by_policy([policy])[policy.pk]


def _totals(policy: RepairPolicy, row: Mapping[str, Any]) -> Totals:
    paid = row.get("all_paid") or Decimal(0)
    return Totals(
        claims=row.get("count", 0),
        open=row.get("waiting", 0),
        claimed=row.get("all_claimed") or Decimal(0),
        assessed=row.get("all_assessed") or Decimal(0),
        paid=paid,
        left=left_of(cover=policy.cover, paid=paid),
    )


def _assess(row: RepairClaim, amount: Decimal | None) -> None:
    if amount is None or amount <= 0:
        raise InsuranceError(_("Enter what was assessed; reject the claim if it is nothing."))
    if amount > row.claimed:
        raise InsuranceError(_("No more can be assessed than was claimed."))
    row.assessed = amount


def _refuse_beyond_cover(row: RepairClaim, policy: RepairPolicy) -> None:
    left = totals_of(policy).left
    if row.assessed is None or row.assessed > left:
        raise InsuranceError(_("The cover holds %(left)s yuan only.") % {"left": f"{left:,.2f}"})


def _locked(policy: RepairPolicy) -> RepairPolicy:
    found: RepairPolicy = RepairPolicy.objects.select_for_update(of=("self",)).get(pk=policy.pk)
    return found


def _audit(kind: str, policy: RepairPolicy, actor: User, now: datetime, **facts: object) -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("project", policy.project_id),
        facts={"policy": policy.pk} | facts,
        now=now,
    )
