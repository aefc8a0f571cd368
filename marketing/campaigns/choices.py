"""The words of campaigns in the language of the reader."""

from typing import Any, Final

from django.utils.translation import pgettext_lazy

from marketing.campaigns.rules.procedure import PlanningState
from marketing.campaigns.rules.states import BudgetKind, CampaignState, CostState, SalesPhase

Words = list[tuple[str, Any]]

STATES: Final[Words] = [
    (CampaignState.DRAFT.value, pgettext_lazy("campaign", "Draft")),
    (CampaignState.APPROVED.value, pgettext_lazy("campaign", "Approved")),
    (CampaignState.RUNNING.value, pgettext_lazy("campaign", "Running")),
    (CampaignState.ENDED.value, pgettext_lazy("campaign", "Ended")),
    (CampaignState.REVIEWED.value, pgettext_lazy("campaign", "Reviewed")),
    (CampaignState.STOPPED.value, pgettext_lazy("campaign", "Stopped")),
]
KINDS: Final[Words] = [
    ("advert", pgettext_lazy("campaign kind", "Advertising")),
    ("network", pgettext_lazy("campaign kind", "Direct selling over the customer network")),
    ("scene", pgettext_lazy("campaign kind", "Scene and demonstration area")),
    ("launch", pgettext_lazy("campaign kind", "Launch")),
    ("festival", pgettext_lazy("campaign kind", "Festival")),
    ("digital", pgettext_lazy("campaign kind", "Digital")),
    ("event", pgettext_lazy("campaign kind", "Event")),
    ("promotion", pgettext_lazy("campaign kind", "Sales promotion")),
]
PHASES: Final[Words] = [
    (SalesPhase.PRE_LAUNCH.value, pgettext_lazy("sales phase", "Before launch")),
    (SalesPhase.PEAK.value, pgettext_lazy("sales phase", "Sales peak")),
    (SalesPhase.POST_HANDOVER.value, pgettext_lazy("sales phase", "After handover")),
]
BUDGET_KINDS: Final[Words] = [
    (BudgetKind.COMPANY.value, pgettext_lazy("budget", "Company")),
    (BudgetKind.PROJECT.value, pgettext_lazy("budget", "Project")),
    (BudgetKind.CAMPAIGN.value, pgettext_lazy("budget", "Campaign")),
    (BudgetKind.CHANNEL.value, pgettext_lazy("budget", "Channel")),
]
COST_STATES: Final[Words] = [
    (CostState.REQUESTED.value, pgettext_lazy("cost", "Requested")),
    (CostState.APPROVED.value, pgettext_lazy("cost", "Approved")),
    (CostState.PAID.value, pgettext_lazy("cost", "Paid")),
    (CostState.REFUSED.value, pgettext_lazy("cost", "Refused")),
]
COST_KINDS: Final[Words] = [
    ("marketing", pgettext_lazy("cost", "Marketing")),
    ("sales", pgettext_lazy("cost", "Sales")),
]
COST_ITEMS: Final[Words] = [
    ("media", pgettext_lazy("cost item", "Media")),
    ("production", pgettext_lazy("cost item", "Design and production")),
    ("event", pgettext_lazy("cost item", "Event and venue")),
    ("material", pgettext_lazy("cost item", "Sales material")),
    ("agency", pgettext_lazy("cost item", "Agency and consulting fees")),
    ("commission", pgettext_lazy("cost item", "Commission")),
    ("gifts", pgettext_lazy("cost item", "Gifts")),
    ("staff", pgettext_lazy("cost item", "Staff")),
    ("other", pgettext_lazy("cost item", "Other")),
]
MEDIA_GROUPS: Final[list[tuple[str, Any, Words]]] = [
    (
        "online",
        pgettext_lazy("media", "Online"),
        [
            ("social", pgettext_lazy("media", "Social media")),
            ("short_video", pgettext_lazy("media", "Short video")),
            ("search", pgettext_lazy("media", "Search engine")),
            ("website", pgettext_lazy("media", "Website")),
        ],
    ),
    (
        "offline",
        pgettext_lazy("media", "Offline"),
        [
            ("billboard", pgettext_lazy("media", "Billboard")),
            ("leaflet", pgettext_lazy("media", "Leaflet")),
            ("exhibition", pgettext_lazy("media", "Exhibition")),
            ("field", pgettext_lazy("media", "Field promotion")),
        ],
    ),
    (
        "traditional",
        pgettext_lazy("media", "Traditional media"),
        [
            ("tv", pgettext_lazy("media", "Television")),
            ("radio", pgettext_lazy("media", "Radio")),
            ("press", pgettext_lazy("media", "Press")),
        ],
    ),
]
MEDIA: Final[Words] = [one for _key, _label, media in MEDIA_GROUPS for one in media]
LOOP_KINDS: Final[Words] = [
    ("message", pgettext_lazy("information loop", "Outward message")),
    ("feedback", pgettext_lazy("information loop", "Customer feedback")),
    ("adjustment", pgettext_lazy("information loop", "Adjustment")),
]
MOVE_STATES: Final[Words] = [
    ("asked", pgettext_lazy("budget move", "Asked for")),
    ("done", pgettext_lazy("budget move", "Done")),
    ("refused", pgettext_lazy("budget move", "Refused")),
]
PLANNING_STATES: Final[Words] = [
    (PlanningState.BRIEF.value, pgettext_lazy("marketing plan", "Brief")),
    (PlanningState.PROPOSAL.value, pgettext_lazy("marketing plan", "Proposal")),
    (PlanningState.REVIEW.value, pgettext_lazy("marketing plan", "Discussed")),
    (PlanningState.ASKED.value, pgettext_lazy("marketing plan", "Waits for approval")),
    (PlanningState.APPROVED.value, pgettext_lazy("marketing plan", "Approved")),
    (PlanningState.HANDED_OUT.value, pgettext_lazy("marketing plan", "Handed out")),
    (PlanningState.REVIEWED.value, pgettext_lazy("marketing plan", "Reviewed")),
]


def values(words: Words) -> list[str]:
    """Return the stored values of a list of words."""
    return [value for value, _label in words]
