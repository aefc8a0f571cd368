"""The approval of a campaign: the executability check first, then signatures, then its budget."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.approvals.models import Approval
from crm_site.approvals.registry import ApprovalKind, register_approval
from crm_site.approvals.services import Asked, request_approval, withdraw
from crm_site.common.display import money
from crm_site.staff.models import User
from marketing.campaigns import choices, hooks
from marketing.campaigns.checks import EXECUTABILITY, check_of, latest_checks
from marketing.campaigns.errors import CampaignError, OverBudgetError
from marketing.campaigns.models import BudgetNode, Campaign
from marketing.campaigns.policies import campaign_rules
from marketing.campaigns.querysets import APPROVE, APPROVE_LARGE, KEEP
from marketing.campaigns.rules.gates import joined, refused_points
from marketing.campaigns.rules.plans import parts_of
from marketing.campaigns.rules.states import BudgetKind, CampaignState
from marketing.campaigns.services.budgets import NewNode, free_of, node_above, open_node
from marketing.campaigns.services.events import note_campaign
from marketing.campaigns.services.planning import held, require

APPROVAL: Final = "campaign"
WITHIN: Final = timedelta(days=30)


@transaction.atomic
def ask_approval(*, campaign: Campaign, override: str = "", actor: User, now: datetime) -> Approval:
    """Ask for the signatures of a campaign and return the approval (MKT-04, MKT-21).

    Raise CampaignError without the executability check, with a "no" in it and no reason in
    ``override``, or without a budget above; OverBudgetError where that has not enough left.
    """
    require(actor, KEEP)
    row = held(campaign.pk, CampaignState.DRAFT)
    if row.approval_id is not None:
        raise CampaignError(_("The approval is asked for already."))
    sheet = latest_checks(row.pk).get(EXECUTABILITY)
    if sheet is None:
        raise CampaignError(_("Fill in the executability check first."))
    refused = refused_points(check_of(sheet))
    if refused and not override.strip():
        words = _("The executability check says no to: %(points)s. Change it or give a reason.")
        raise CampaignError(words % {"points": joined(refused)}, code="not-executable")
    _require_room(row)
    row.override_reason = override.strip()[:300] if refused else ""
    asked = Asked(
        kind=APPROVAL,
        title=row.name,
        content=content_of(row, refused, is_large=row.budget >= campaign_rules(now).large_from),
        reason=row.override_reason,
        subject=("campaign", row.pk),
    )
    approval = request_approval(asked=asked, requester=actor, now=now)
    row.approval_id = approval.pk
    row.save(update_fields=["approval_id", "override_reason", "updated_at"])
    note_campaign(row, "asked", actor=actor, now=now, note=row.override_reason)
    return approval


@transaction.atomic
def take_back(*, campaign: Campaign, actor: User, now: datetime) -> None:
    """Withdraw the request for approval, so that the campaign can be changed."""
    row = held(campaign.pk, CampaignState.DRAFT)
    if row.approval_id is None:
        raise CampaignError(_("No approval is asked for."))
    withdraw(approval_id=row.approval_id, requester=actor, now=now)


def content_of(row: Campaign, refused: list[str], *, is_large: bool) -> dict[str, Any]:
    """Return what gets signed: what, where, when, for how much, and what the check refused."""
    return {
        "campaign": row.pk,
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "place": str(row.project or row.region or ""),
        "from": row.starts_on.isoformat(),
        "until": row.ends_on.isoformat(),
        "budget": str(row.budget),
        "expected": [row.expected_exposure, row.expected_leads, row.expected_deals],
        "channels": {one.channel_code: str(one.share) for one in row.channels.all()},
        "unplanned": row.ordered_by,
        "refused": refused,
        "override": row.override_reason,
        "is_large": is_large,
    }


def steps_of(content: Any) -> tuple[str, ...]:
    """Return who signs: executives, and head office above the limit."""
    return (APPROVE, APPROVE_LARGE) if content["is_large"] else (APPROVE,)


def decided(approval: Approval, now: datetime) -> None:
    """Follow a decision: signed approves the campaign and opens its budget, else it is a draft."""
    row = Campaign.objects.select_for_update(of=("self",)).filter(approval_id=approval.pk).first()
    if row is None or row.state != CampaignState.DRAFT:
        return
    if approval.state != Approval.State.APPROVED:
        row.approval_id, row.override_reason = None, ""
        row.save(update_fields=["approval_id", "override_reason", "updated_at"])
        note_campaign(row, "returned", actor=None, now=now, note=approval.get_state_display())
        return
    signer = approval.signatures.standing().order_by("-pk").first()
    actor = signer.signer if signer else None
    if row.budget > 0:
        _open_budgets(row, actor, now)
    row.state = CampaignState.APPROVED.value
    row.save(update_fields=["state", "updated_at"])
    states = {"from_state": CampaignState.DRAFT.value, "to_state": row.state}
    note_campaign(row, "state", actor=actor, now=now, **states)
    hooks.follow(row, row.state, actor, now)


def _require_room(row: Campaign) -> None:
    if row.budget <= 0:
        return
    above = node_above(row)
    if above is None:
        words = _("There is no budget for %(year)s that can hold this. Have one set first.")
        raise CampaignError(words % {"year": row.starts_on.year}, code="no-budget")
    free = free_of(above)
    if free < row.budget:
        raise OverBudgetError(above, asked=row.budget, free=free)


def _open_budgets(row: Campaign, actor: User | None, now: datetime) -> None:
    """Open the budget of a campaign and, by its mix, those of its channels."""
    above = node_above(row)
    if above is None:
        words = _("There is no budget for %(year)s that can hold this. Have one set first.")
        raise CampaignError(words % {"year": row.starts_on.year}, code="no-budget")
    new = NewNode(kind=BudgetKind.CAMPAIGN, parent=above, amount=row.budget, campaign=row)
    node = open_node(new=new, actor=actor, now=now)
    for code, part in parts_of(row.budget, dict(row.channels.values_list("channel_code", "share"))):
        _open_channel(node, code, part, actor, now)


def _open_channel(
    node: BudgetNode, code: str, amount: Decimal, actor: User | None, now: datetime
) -> None:
    new = NewNode(
        kind=BudgetKind.CHANNEL,
        parent=node,
        amount=amount,
        campaign=node.campaign,
        channel_code=code,
    )
    open_node(new=new, actor=actor, now=now)


def described(content: Any) -> list[tuple[Any, Any]]:
    """Return what is asked, in words."""
    lines = [
        (gettext_lazy("Campaign"), f"{content['name']} ({content['code']})"),
        (gettext_lazy("Kind"), dict(choices.KINDS).get(content["kind"], content["kind"])),
        (gettext_lazy("Place"), content["place"]),
        (gettext_lazy("Period"), f"{content['from']} – {content['until']}"),
        (gettext_lazy("Budget (yuan)"), money(Decimal(content["budget"]))),
        (gettext_lazy("Expected leads and deals"), " / ".join(map(str, content["expected"][1:]))),
    ]
    if content["unplanned"]:
        lines.append((gettext_lazy("Unplanned, ordered by"), content["unplanned"]))
    if content["refused"]:
        lines.append((gettext_lazy("Refused by the check"), joined(content["refused"])))
        lines.append((gettext_lazy("Why it goes on"), content["override"]))
    return lines


def register() -> None:
    """Make the approval known."""
    register_approval(
        ApprovalKind(
            key=APPROVAL,
            label=gettext_lazy("Campaign"),
            steps=steps_of,
            signers=(APPROVE, APPROVE_LARGE),
            valid_for=WITHIN,
            describe=described,
            request_permission=KEEP,
            on_decided=decided,
        )
    )
