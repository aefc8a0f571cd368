"""The plan of a case: proposed by cause, signed where it is costly (CUS-104)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from analytics.winback.errors import WinbackError
from analytics.winback.models import ToolUse, WinbackCase
from analytics.winback.policies import plans_at
from analytics.winback.rules.plans import PlanTemplate, signers_for, template_for
from analytics.winback.rules.words import CAUSES, CaseState, PlanState, Tool
from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, amend, request_approval, withdraw
from crm_site.audit.services import record
from crm_site.staff.models import User
from customers.rules.text import clean_lines, clean_text

KIND: Final = "winback.plan"
RIGHTS: Final = ("analytics.sign_winback", "analytics.direct_winback")
LIVE = (Approval.State.WAITING, Approval.State.APPROVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What somebody plans for a case: why the customer leaves, the offer, and its most in yuan."""

    cause: str
    offer: str
    actions: str
    ceiling: Decimal


def proposed_for(cause: str, *, now: datetime) -> PlanTemplate | None:
    """Return the template for a cause in force."""
    return template_for(cause, plans_at(now).templates)


@transaction.atomic
def plan_case(*, case: WinbackCase, given: Planned, actor: User, now: datetime) -> WinbackCase:
    """Write the plan of a case and return it; above the limit it waits for signatures.

    Another plan voids what was signed before. Raise WinbackError for a case that is over or for a
    sum below what it has cost already, RefusedError as the approval refuses.
    """
    row: WinbackCase = WinbackCase.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if row.state != CaseState.OPEN:
        raise WinbackError(_("This case is over."))
    offer, actions = clean_text(given.offer)[:300], clean_lines(given.actions)[:2000]
    if given.cause not in CAUSES or not offer or not actions or given.ceiling < 0:
        raise WinbackError(_("A plan has a cause, an offer, actions and what it may cost."))
    spent = spent_on(row)
    if given.ceiling < spent:
        raise WinbackError(
            _("The case has cost %(spent)s yuan already; allow at least that.") % {"spent": spent}
        )
    row.cause, row.offer, row.actions, row.ceiling = given.cause, offer, actions, given.ceiling
    row.planned_at, row.planned_by = now, actor
    _ask(row, actor, now)
    row.save()
    if row.plan_state == PlanState.READY:
        note_plan(row, now=now)
    record(
        kind="winback.planned",
        actor=actor,
        subject=("customer", row.customer_id),
        facts={"case": row.pk, "cause": row.cause, "ceiling": str(row.ceiling)},
        now=now,
    )
    return row


def spent_on(case: WinbackCase) -> Decimal:
    """Return what a case has cost so far, in yuan."""
    account = getattr(case, "spending", None)
    return account.balance if account is not None else Decimal(0)


def note_plan(case: WinbackCase, *, now: datetime) -> None:
    """Count the plan as a tool once it may be carried out."""
    ToolUse.objects.get_or_create(
        case=case, tool=Tool.PLAN.value, key="1", defaults={"at": now, "cost": 0}
    )


def _ask(row: WinbackCase, actor: User, now: datetime) -> None:
    """Ask for signatures where the sum needs them; set how the plan stands."""
    rules = plans_at(now)
    steps = signers_for(
        row.ceiling or Decimal(0),
        limit=rules.limit,
        director_limit=rules.director_limit,
        rights=RIGHTS,
    )
    steps = tuple(step for step in steps if not actor.has_perm(step)) or (
        RIGHTS[-1:] if steps else ()
    )
    before = row.approval
    live = before is not None and before.state in LIVE and before.expires_at > now
    if before is not None and live and before.requester_id != actor.pk:
        raise WinbackError(
            _("%(who)s asked for signatures on the plan; let them change it.")
            % {"who": before.requester.name}
        )
    if not steps:
        if before is not None and live:
            withdraw(approval_id=before.pk, requester=actor, now=now)
        row.approval, row.plan_state = None, PlanState.READY.value
        return
    content = content_of(row, steps)
    if before is not None and live:
        row.approval = amend(approval_id=before.pk, content=content, requester=actor, now=now)
    else:
        row.approval = request_approval(
            asked=Asked(
                kind=KIND,
                title=_("Plan of win-back: %(customer)s") % {"customer": row.customer.name},
                content=content,
                reason=row.offer,
                subject=("churn-case", row.pk),
            ),
            requester=actor,
            now=now,
        )
    is_signed = row.approval.state == Approval.State.APPROVED
    row.plan_state = (PlanState.APPROVED if is_signed else PlanState.WAITING).value


def content_of(case: WinbackCase, steps: tuple[str, ...]) -> dict[str, Any]:
    """Return what is signed, to the letter."""
    return {
        "case": case.pk,
        "customer": case.customer_id,
        "cause": case.cause,
        "offer": case.offer,
        "actions": case.actions,
        "ceiling": str(case.ceiling),
        "steps": list(steps),
    }


def decide_plan(approval: Approval, now: datetime) -> None:
    """Let the plan follow its approval, in the transaction of the decision."""
    rows = WinbackCase.objects.select_for_update(of=("self",)).filter(approval=approval)
    row = rows.first()
    if row is None:
        return
    signed = approval.state == Approval.State.APPROVED
    row.plan_state = (PlanState.APPROVED if signed else PlanState.REFUSED).value
    row.save(update_fields=["plan_state", "updated_at"])
    if signed:
        note_plan(row, now=now)
