"""The states of a campaign, a budget and an item of cost, and which may follow which. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class CampaignState(StrEnum):
    """How far a campaign is (MKT-21)."""

    DRAFT = "draft"
    APPROVED = "approved"
    RUNNING = "running"
    ENDED = "ended"
    REVIEWED = "reviewed"
    STOPPED = "stopped"


class SalesPhase(StrEnum):
    """The three sales phases of a project (MKT-07, MKT-24), earliest first."""

    PRE_LAUNCH = "pre_launch"
    PEAK = "peak"
    POST_HANDOVER = "post_handover"


class BudgetKind(StrEnum):
    """A level of the budget tree, highest first (MKT-75)."""

    COMPANY = "company"
    PROJECT = "project"
    CAMPAIGN = "campaign"
    CHANNEL = "channel"


class CostState(StrEnum):
    """How far an item of cost is (MKT-55)."""

    REQUESTED = "requested"
    APPROVED = "approved"
    PAID = "paid"
    REFUSED = "refused"


TRANSITIONS: Final[Mapping[CampaignState, tuple[CampaignState, ...]]] = {
    CampaignState.DRAFT: (CampaignState.APPROVED, CampaignState.STOPPED),
    CampaignState.APPROVED: (CampaignState.RUNNING, CampaignState.STOPPED),
    CampaignState.RUNNING: (CampaignState.ENDED, CampaignState.STOPPED),
    CampaignState.ENDED: (CampaignState.REVIEWED,),
    CampaignState.REVIEWED: (),
    CampaignState.STOPPED: (),
}
COMMITTED: Final = (CostState.APPROVED, CostState.PAID)
PARENTS: Final[Mapping[BudgetKind, tuple[BudgetKind, ...]]] = {
    BudgetKind.COMPANY: (),
    BudgetKind.PROJECT: (BudgetKind.COMPANY,),
    BudgetKind.CAMPAIGN: (BudgetKind.COMPANY, BudgetKind.PROJECT),
    BudgetKind.CHANNEL: (BudgetKind.CAMPAIGN,),
}


def may_move(source: CampaignState, target: CampaignState) -> bool:
    """Return whether a campaign may go from one state to another."""
    return target in TRANSITIONS[source]
