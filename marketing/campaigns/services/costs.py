"""Cost of marketing and sales: requested, approved, paid, allocated (MKT-55)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval
from crm_site.common.display import money
from crm_site.staff.models import User
from customers.models import Project
from marketing.campaigns import choices
from marketing.campaigns.errors import CampaignError, OverBudgetError
from marketing.campaigns.models import BudgetNode, Campaign, CostItem, Placement
from marketing.campaigns.querysets import APPROVE_COST, ASK_COST, PAY_COST
from marketing.campaigns.rules.states import BudgetKind, CostState
from marketing.campaigns.services.budgets import free_of, guarded
from marketing.campaigns.services.events import locked_node, note_cost
from marketing.campaigns.services.planning import require

APPROVAL: Final = "marketing-cost"
WITHIN: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Where cost is charged; all empty is unallocated."""

    project: Project | None = None
    campaign: Campaign | None = None
    channel_code: str = ""
    placement: Placement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CostDraft:
    """An item of cost as it is requested; ``source_key`` makes an item of another part once."""

    on: date
    amount: Decimal
    note: str
    kind: str = "marketing"
    item: str = "other"
    payee: str = ""
    charge: Charge = Charge()
    source_key: str = ""


@transaction.atomic
def request_cost(*, draft: CostDraft, actor: User, now: datetime) -> CostItem:
    """Request an item of cost and return it; its signature is asked for at once.

    Raise ValidationError for what does not fit, OverBudgetError where the budget has less left.
    """
    require(actor, ASK_COST)
    row = _new(draft, actor)
    row.requested_by = actor
    if (node := row.node) is not None:
        free = free_of(node)
        if free < row.amount:
            raise OverBudgetError(node, asked=row.amount, free=free)
    row.save(force_insert=True)
    note_cost(row, "requested", actor=actor, now=now)
    asked = Asked(kind=APPROVAL, title=row.note, content=content_of(row), subject=("cost", row.pk))
    row.approval_id = request_approval(asked=asked, requester=actor, now=now).pk
    row.save(update_fields=["approval_id"])
    return row


@transaction.atomic
def book_cost(*, draft: CostDraft, actor: User | None, now: datetime) -> CostItem:
    """Write cost that is approved elsewhere, such as commissions of another part, and return it.

    A second call with one ``source_key`` returns the first. Raise OverBudgetError where the budget
    has not enough left.
    """
    row = _new(draft, actor)
    row.state, row.approved_at = CostState.APPROVED.value, now
    if draft.source_key:
        known = CostItem.objects.filter(source_key=draft.source_key).first()
        if known is not None:
            return known
    with _charged(row):
        row.save(force_insert=True)
    note_cost(row, "approved", actor=actor, now=now)
    return row


@transaction.atomic
def book_owed(*, draft: CostDraft, now: datetime) -> CostItem:
    """Write cost that a contract makes due, such as commission, and return it; once for its key.

    It cannot be refused for want of money: it is charged to the nearest budget that has enough,
    where none has to no budget, which the cost desk lists. Taken back before, it counts again.
    """
    row = CostItem.objects.select_for_update(of=("self",)).filter(source_key=draft.source_key)
    known = row.first()
    if known is not None and known.state != CostState.REFUSED:
        return known
    owed = known or _new(draft, None)
    owed.state, owed.approved_at = CostState.APPROVED.value, now
    _save_where_room(owed)
    note = "" if owed.node_id else _("No budget has enough left.")
    note_cost(owed, "approved", actor=None, now=now, note=note)
    return owed


@transaction.atomic
def withdraw_owed(*, source_key: str, reason: str, now: datetime) -> None:
    """Take cost back that a contract does not make due any more; again changes nothing."""
    rows = CostItem.objects.select_for_update(of=("self",)).committed()
    row = rows.filter(source_key=source_key).first()
    if row is None:
        return
    row.state = CostState.REFUSED.value
    row.save(update_fields=["state", "updated_at"])
    note_cost(row, "refused", actor=None, now=now, note=reason)


def _save_where_room(row: CostItem) -> None:
    for node in budgets_for(row):
        row.node = node
        try:
            with _charged(row):
                row.save()
            return
        except OverBudgetError:
            continue
    row.node = None
    row.save()


def content_of(row: CostItem) -> dict[str, Any]:
    """Return what gets signed: how much, for what, to whom, charged where."""
    return {
        "cost": row.pk,
        "on": row.on.isoformat(),
        "amount": str(row.amount),
        "item": row.item,
        "kind": row.kind,
        "note": row.note,
        "payee": row.payee,
        "charged": [str(row.project or ""), str(row.campaign or ""), row.channel_code],
        "budget": str(row.node or ""),
    }


def decided(approval: Approval, now: datetime) -> None:
    """Follow a decision: signed charges the budget, anything else refuses the cost.

    Raise OverBudgetError, so that the signature is not given, where the budget has less left now.
    """
    rows = CostItem.objects.select_for_update(of=("self",)).select_related("node")
    row = rows.filter(approval_id=approval.pk).first()
    if row is None or row.state != CostState.REQUESTED:
        return
    signature = approval.signatures.standing().order_by("-pk").first()
    actor = signature.signer if signature else None
    if approval.state != Approval.State.APPROVED:
        row.state = CostState.REFUSED.value
        row.save(update_fields=["state", "updated_at"])
        note = approval.get_state_display()
        note_cost(row, "refused", actor=actor, now=now, note=note)
        return
    row.node = row.node or budget_for(row)
    row.state, row.approved_at = CostState.APPROVED.value, now
    with _charged(row):
        row.save(update_fields=["node", "state", "approved_at", "updated_at"])
    note_cost(row, "approved", actor=actor, now=now)


@transaction.atomic
def pay(*, cost: CostItem, paid_on: date, reference: str, actor: User, now: datetime) -> CostItem:
    """Note that an approved item was paid, with its voucher, and return it."""
    require(actor, PAY_COST)
    row = _held(cost.pk, CostState.APPROVED)
    if not reference.strip():
        raise ValidationError({"reference": _("Enter the number of the voucher.")})
    if paid_on > timezone.localdate(now):
        raise ValidationError({"paid_on": _("The day lies in the future.")})
    row.state, row.paid_on = CostState.PAID.value, paid_on
    row.reference = reference.strip()[:60]
    row.save(update_fields=["state", "paid_on", "reference", "updated_at"])
    note_cost(row, "paid", actor=actor, now=now, note=row.reference)
    return row


@transaction.atomic
def allocate(
    *, cost: CostItem, charge: Charge, reason: str, actor: User, now: datetime
) -> CostItem:
    """Charge an item elsewhere and return it; raise OverBudgetError where that has less left."""
    require(actor, PAY_COST)
    row = _held(cost.pk, CostState.REQUESTED, CostState.APPROVED, CostState.PAID)
    before = _place_words(row)
    _put(row, charge, actor)
    row.node = budget_for(row)
    with _charged(row):
        row.save()
    note = f"{before} → {_place_words(row)} {reason.strip()}".strip()
    note_cost(row, "charged", actor=actor, now=now, note=note)
    return row


def budget_for(row: CostItem) -> BudgetNode | None:
    """Return the budget nearest to where an item is charged: channel, campaign, project, company.

    A campaign keeps its budget over the turn of the year; else it is that of the item's year.
    None where nobody has set one.
    """
    return next(iter(budgets_for(row)), None)


def budgets_for(row: CostItem) -> list[BudgetNode]:
    """Return the budgets an item can be charged to, the nearest first."""
    found: list[BudgetNode] = []
    if row.campaign_id is not None:
        rows = BudgetNode.objects.filter(campaign=row.campaign_id).order_by("-year")
        own = {(one.kind, one.channel_code): one for one in reversed(rows)}
        places = ((BudgetKind.CHANNEL.value, row.channel_code), (BudgetKind.CAMPAIGN.value, ""))
        found = [own[place] for place in places if place in own]
    rows = BudgetNode.objects.filter(year=row.on.year)
    own_project = Q(kind=BudgetKind.PROJECT.value, project=row.project_id)
    company = Q(kind=BudgetKind.COMPANY.value)
    wider = rows.filter(own_project | company if row.project_id else company)
    return [*found, *wider.order_by("-kind")]


def _new(draft: CostDraft, actor: User | None) -> CostItem:
    faults: dict[str, Any] = {}
    if draft.amount <= 0:
        faults["amount"] = _("Enter an amount above 0.")
    if not draft.note.strip():
        faults["note"] = _("Say what it is for.")
    if faults:
        raise ValidationError(faults)
    row = CostItem(
        on=draft.on,
        amount=draft.amount,
        note=draft.note.strip()[:300],
        kind=draft.kind,
        item=draft.item,
        payee=draft.payee.strip()[:120],
        source_key=draft.source_key,
    )
    _put(row, draft.charge, actor)
    row.node = budget_for(row)
    if row.node is None and actor is not None:
        words = _("There is no budget for %(year)s. Have one set first.")
        raise CampaignError(words % {"year": row.on.year}, code="no-budget")
    return row


def _put(row: CostItem, charge: Charge, actor: User | None) -> None:
    campaign = charge.campaign
    if charge.placement is not None:
        campaign = campaign or charge.placement.campaign
        if campaign.pk != charge.placement.campaign_id:
            raise ValidationError({"placement": _("This belongs to another campaign.")})
    project = charge.project
    if campaign is not None and campaign.project_id is not None:
        if project is not None and project.pk != campaign.project_id:
            raise ValidationError({"project": _("The campaign belongs to another project.")})
        project = campaign.project
    row.campaign, row.project, row.placement = campaign, project, charge.placement
    code = charge.channel_code
    row.channel_code = code or (charge.placement.channel_code if charge.placement else "")
    if project is not None:
        row.region_id = project.node.region_id
    elif campaign is not None:
        row.region_id = campaign.region_id
    elif row.region_id is None and actor is not None and actor.node is not None:
        row.region_id = actor.node.region_id


def _charged(row: CostItem) -> Any:
    """Hold the budget while an item is written; say in words where it would be overspent."""
    node = locked_node(row.node_id) if row.node_id else None
    if node is None:
        return transaction.atomic()
    if row.state != CostState.REQUESTED:
        standing = CostItem.objects.filter(pk=row.pk, node=node).committed().first()
        free = free_of(node) + (standing.amount if standing else 0)
        if free < row.amount:
            raise OverBudgetError(node, asked=row.amount, free=free)
    return guarded(node, row.amount)


def _held(pk: int, *states: CostState) -> CostItem:
    row: CostItem = CostItem.objects.select_for_update(of=("self",)).get(pk=pk)
    if row.state not in states:
        words = {"state": row.get_state_display()}
        raise CampaignError(_("The item is in the state “%(state)s” already.") % words)
    return row


def _place_words(row: CostItem) -> str:
    parts = [str(one) for one in (row.project, row.campaign, row.channel_code) if one]
    return " · ".join(parts) or _("not allocated")


def described(content: Any) -> list[tuple[Any, Any]]:
    """Return what is asked, in words."""
    return [
        (gettext_lazy("For what"), content["note"]),
        (gettext_lazy("Amount (yuan)"), money(Decimal(content["amount"]))),
        (gettext_lazy("Item"), dict(choices.COST_ITEMS).get(content["item"], content["item"])),
        (gettext_lazy("Paid to"), content["payee"]),
        (gettext_lazy("Charged to"), " · ".join(filter(None, content["charged"]))),
        (gettext_lazy("Budget"), content["budget"]),
    ]


def register() -> None:
    """Make the approval known."""
    register_approval(
        ApprovalKind(
            key=APPROVAL,
            label=gettext_lazy("Cost of marketing and sales"),
            steps=(APPROVE_COST,),
            valid_for=WITHIN,
            describe=described,
            request_permission=ASK_COST,
            on_decided=decided,
        )
    )
