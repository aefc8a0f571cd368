"""The trail of campaigns and budgets: events of their own, and the audit."""

from datetime import datetime
from typing import Any

from crm_site.audit.services import record
from crm_site.staff.models import User
from marketing.campaigns.models import (
    BudgetEvent,
    BudgetNode,
    Campaign,
    CampaignEvent,
    CostEvent,
    CostItem,
)


def note_campaign(
    campaign: Campaign, kind: str, *, actor: User | None, now: datetime, **more: Any
) -> CampaignEvent:
    """Write an event of a campaign and audit it; ``more`` are further columns."""
    made = CampaignEvent.objects.create(campaign=campaign, kind=kind, actor=actor, at=now, **more)
    facts = {key: more[key] for key in ("from_state", "to_state") if more.get(key)}
    subject = ("campaign", campaign.pk)
    record(kind=f"campaign.{kind}", actor=actor, subject=subject, facts=facts, now=now)
    return made


def note_budget(event: BudgetEvent) -> None:
    """Write an event of a budget and audit it."""
    event.save(force_insert=True)
    record(
        kind="budget.changed",
        actor=event.actor,
        subject=("budget", event.node_id),
        facts={"change": event.kind, "before": str(event.before), "after": str(event.after)},
        now=event.at,
    )


def note_cost(
    cost: CostItem, kind: str, *, actor: User | None, now: datetime, note: str = ""
) -> None:
    """Write an event of an item of cost and audit it."""
    CostEvent.objects.create(cost=cost, kind=kind, note=note[:300], actor=actor, at=now)
    facts = {"step": kind, "amount": str(cost.amount)}
    record(kind="cost.changed", actor=actor, subject=("cost", cost.pk), facts=facts, now=now)


def locked_node(pk: int) -> BudgetNode:
    """Return a budget held until the transaction ends."""
    found: BudgetNode = BudgetNode.objects.select_for_update(of=("self",)).get(pk=pk)
    return found
