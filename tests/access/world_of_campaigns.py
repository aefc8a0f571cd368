"""One record of each kind of campaigns, for the tests of access."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import Customer, Project
from marketing.campaigns.models import (
    BudgetNode,
    Campaign,
    CampaignChannel,
    CostItem,
    LoopItem,
    Placement,
    PlanningCase,
)


def campaigns_of(
    customer: Customer, people: dict[str, Any], _made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    project, owner = customer.project, people["marketing"]
    assert project is not None
    campaign = _campaign(project, owner, "spring-open")
    CampaignChannel.objects.create(campaign=campaign, channel_code="walk_in", share=100)
    placement = _placement(campaign)
    year = timezone.localdate().year
    company = BudgetNode.objects.create(kind="company", year=year, amount=Decimal(1000))
    node = BudgetNode.objects.create(
        kind="project",
        parent=company,
        year=year,
        amount=Decimal(500),
        project=project,
        region_id=project.node.region_id,
    )
    cost = CostItem.objects.create(
        on=timezone.localdate(),
        amount=Decimal(10),
        note="投放",
        state="approved",
        node=node,
        project=project,
        region_id=project.node.region_id,
        requested_by=owner,
    )
    case = PlanningCase.objects.create(
        project=project,
        region_id=project.node.region_id,
        phase="peak",
        owner=owner,
        brief="去化七成",
    )
    return {
        "campaign_id": campaign.pk,
        "placement_id": placement.pk,
        "budget_id": node.pk,
        "company_budget_id": company.pk,
        "budget_year": year,
        "cost_id": cost.pk,
        "planning_case_id": case.pk,
    }


def hidden_campaigns(project: Project, owner: Any, year: int) -> dict[str, int]:
    """Return a campaign, its publicity, its feedback and a budget of another place."""
    campaign = _campaign(project, owner, "far-away")
    company = BudgetNode.objects.get(kind="company", year=year)
    budget = BudgetNode.objects.create(
        kind="project",
        parent=company,
        year=year,
        amount=Decimal(1),
        project=project,
        region_id=project.node.region_id,
    )
    Campaign.objects.filter(pk=campaign.pk).update(state="running")
    said = LoopItem.objects.create(
        campaign=campaign, kind="feedback", text="停车难", at=timezone.now() - timedelta(days=900)
    )
    return {
        "campaign": campaign.pk,
        "publicity": _placement(campaign).pk,
        "feedback": said.pk,
        "budget": budget.pk,
    }


def _campaign(project: Project, owner: Any, code: str) -> Campaign:
    return Campaign.objects.create(
        code=code,
        name="春季开放日",
        kind="event",
        project=project,
        region_id=project.node.region_id,
        phase="peak",
        starts_on=date(2026, 5, 1),
        ends_on=date(2026, 5, 31),
        owner=owner,
        aim="到访 200 组",
        created_by=owner,
    )


def _placement(campaign: Campaign) -> Placement:
    return Placement.objects.create(
        campaign=campaign,
        medium="press",
        phase="peak",
        title="整版",
        starts_on=campaign.starts_on,
        ends_on=campaign.ends_on,
    )
