"""Moves between budgets: asked for, approved, carried out with a trail (MKT-75)."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval
from crm_site.audit.services import record
from crm_site.common.display import money
from crm_site.staff.models import User
from marketing.campaigns.errors import OverBudgetError
from marketing.campaigns.models import BudgetMove, BudgetNode
from marketing.campaigns.querysets import APPROVE_MOVE, ASK_COST
from marketing.campaigns.services.budgets import carry_out, free_of
from marketing.campaigns.services.planning import require

APPROVAL: Final = "budget-move"
WITHIN: Final = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDraft:
    """What is to move from where to where, why, and the figures it rests on."""

    source: BudgetNode
    target: BudgetNode
    amount: Decimal
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def ask_move(*, draft: MoveDraft, actor: User, now: datetime) -> BudgetMove:
    """Ask for a move and return it; nothing moves before it is signed.

    Raise ValidationError for what does not fit, OverBudgetError where the source has less left.
    """
    require(actor, ASK_COST)
    _check(draft)
    free = free_of(draft.source)
    if free < draft.amount:
        raise OverBudgetError(draft.source, asked=draft.amount, free=free)
    move = BudgetMove.objects.create(
        source=draft.source,
        target=draft.target,
        amount=draft.amount,
        reason=draft.reason.strip()[:300],
        evidence=draft.evidence,
        asked_by=actor,
    )
    content = {
        "move": move.pk,
        "source": str(draft.source),
        "target": str(draft.target),
        "amount": str(draft.amount),
        "reason": move.reason,
        "evidence": draft.evidence,
    }
    title = _("Budget move: %(move)s") % {"move": move}
    asked = Asked(kind=APPROVAL, title=title, content=content, reason=move.reason)
    move.approval_id = request_approval(asked=asked, requester=actor, now=now).pk
    move.save(update_fields=["approval_id"])
    _audit(move, "asked", actor, now)
    return move


def _check(draft: MoveDraft) -> None:
    if draft.amount <= 0:
        raise ValidationError({"amount": _("Enter an amount above 0.")})
    if not draft.reason.strip():
        raise ValidationError({"reason": _("Say why the money moves.")})
    if draft.source.pk == draft.target.pk:
        raise ValidationError({"target": _("Choose another budget than the one it comes from.")})
    if draft.source.year != draft.target.year:
        raise ValidationError({"target": _("Money moves between budgets of one year.")})


def decided(approval: Approval, now: datetime) -> None:
    """Follow a decision: signed moves the money, anything else refuses the move."""
    rows = BudgetMove.objects.select_for_update(of=("self",)).select_related("source", "target")
    move = rows.filter(approval_id=approval.pk).first()
    if move is None or move.state != "asked":
        return
    signed = approval.state == Approval.State.APPROVED
    signature = approval.signatures.standing().order_by("-pk").first()
    if signed:
        carry_out(move, actor=signature.signer if signature else None, now=now)
    move.state, move.decided_at = ("done" if signed else "refused"), now
    move.save(update_fields=["state", "decided_at", "updated_at"])
    _audit(move, move.state, signature.signer if signature else None, now)


def described(content: Any) -> list[tuple[Any, Any]]:
    """Return what is asked, in words."""
    lines = [
        (gettext_lazy("From budget"), content["source"]),
        (gettext_lazy("To budget"), content["target"]),
        (gettext_lazy("Amount (yuan)"), money(Decimal(content["amount"]))),
        (gettext_lazy("Reason"), content["reason"]),
    ]
    facts = content["evidence"]
    if facts:
        prices = " / ".join(money(Decimal(one)) if one else "--" for one in facts["per_deal"])
        lines.append((gettext_lazy("Cost of a deal there and here"), prices))
    return lines


def _audit(move: BudgetMove, step: str, actor: User | None, now: datetime) -> None:
    facts = {"step": step, "amount": str(move.amount), "target": move.target_id}
    subject = ("budget", move.source_id)
    record(kind="budget.moved", actor=actor, subject=subject, facts=facts, now=now)


def register() -> None:
    """Make the approval known."""
    register_approval(
        ApprovalKind(
            key=APPROVAL,
            label=gettext_lazy("Budget move"),
            steps=(APPROVE_MOVE,),
            valid_for=WITHIN,
            describe=described,
            request_permission=ASK_COST,
            on_decided=decided,
        )
    )
