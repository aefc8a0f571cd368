"""Tables of campaigns."""

from marketing.campaigns.models.budget import (
    BudgetEvent,
    BudgetMove,
    BudgetNode,
    CostEvent,
    CostItem,
)
from marketing.campaigns.models.campaign import (
    Campaign,
    CampaignChannel,
    CampaignEvent,
    CampaignReview,
    LoopItem,
)
from marketing.campaigns.models.placement import Placement
from marketing.campaigns.models.procedure import PlanningCase, PlanningEvent

__all__ = [
    "BudgetEvent",
    "BudgetMove",
    "BudgetNode",
    "Campaign",
    "CampaignChannel",
    "CampaignEvent",
    "CampaignReview",
    "CostEvent",
    "CostItem",
    "LoopItem",
    "Placement",
    "PlanningCase",
    "PlanningEvent",
]
