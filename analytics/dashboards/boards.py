"""The dashboards: which figures and panels each has, and for which kind of place. Data only."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from analytics.kpis.kinds import ScopeKind

VIEW: Final = "analytics.view_dashboards"
MOST_CARDS: Final = 6
LEAST_CARDS: Final = 4


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard.

    ``cards`` are keys of KPIs in order of importance: the first six that are told apart for the
    place and may be seen are shown; "@ANA-17" is the first KPI that answers that requirement. A key
    no KPI stands behind stops the start. ``kinds`` are the places it can be read for. ``panels``
    stand below the cards: what is beneath the place is ranked by ``ranking``, ``heat`` is told
    apart by week.
    """

    key: str
    label: Any
    right: str
    kinds: tuple[ScopeKind, ...]
    cards: tuple[str, ...]
    panels: tuple[str, ...]
    ranking: tuple[str, ...] = ("subscriptions", "contract_money", "visits", "conversion_rate")
    heat: str = "visits"


WIDE: Final = (ScopeKind.COMPANY, ScopeKind.REGION)
SALES: Final = ("visits", "subscriptions", "signings", "contract_money", "conversion_rate")
SERVICE_CARDS: Final = (
    "complaint_timeliness",
    "csat",
    "tickets_opened",
    "complaints_opened",
    "first_response_hours",
    "callback_coverage",
    "repair_hours",
    "handover_rate",
    "satisfaction_improvement",
    "survey_response_rate",
)

BOARDS: Final[tuple[Board, ...]] = (
    Board(
        key="executive",
        label=pgettext_lazy("dashboard", "Overview"),
        right="analytics.see_executive_board",
        kinds=WIDE,
        cards=(
            "signings",
            "leads",
            "@ANA-17",
            "red_warnings",
            "complaint_timeliness",
            "csat",
            "contract_money",
            "conversion_rate",
        ),
        panels=("funnel", "heat", "rank", "overdue", "parties", "trend"),
        heat="signings",
    ),
    Board(
        key="region",
        label=_("Region"),
        right="analytics.see_region_board",
        kinds=(ScopeKind.REGION,),
        cards=(*SALES, "red_warnings", "complaint_timeliness"),
        panels=("funnel", "heat", "rank", "tree", "trend"),
    ),
    Board(
        key="project",
        label=_("Project"),
        right="analytics.see_project_board",
        kinds=(ScopeKind.PROJECT,),
        cards=(*SALES, "red_warnings", "complaint_timeliness"),
        panels=("funnel", "heat", "rank", "overdue", "retention", "tree"),
    ),
    Board(
        key="team",
        label=_("Team"),
        right="analytics.see_team_board",
        kinds=(ScopeKind.TEAM,),
        cards=("visits", "subscriptions", "signings", "conversion_rate", "leads", "red_warnings"),
        panels=("funnel", "heat", "rank", "overdue"),
    ),
    Board(
        key="consultant",
        label=_("Consultant"),
        right="analytics.see_consultant_board",
        kinds=(ScopeKind.CONSULTANT,),
        cards=("visits", "subscriptions", "signings", "contract_money", "leads", "red_warnings"),
        panels=("funnel", "overdue", "trend"),
    ),
    Board(
        key="service",
        label=pgettext_lazy("dashboard", "Service"),
        right="analytics.see_service_board",
        kinds=(*WIDE, ScopeKind.PROJECT),
        cards=SERVICE_CARDS,
        panels=("trend", "heat", "rank", "late"),
        ranking=("complaint_timeliness", "csat", "complaints_opened", "survey_response_rate"),
        heat="complaint_timeliness",
    ),
    Board(
        key="marketing",
        label=pgettext_lazy("dashboard", "Marketing"),
        right="analytics.see_marketing_board",
        kinds=(*WIDE, ScopeKind.PROJECT),
        cards=("leads", "visits", "conversion_rate", "cac", "marketing_roi", "referral_share"),
        panels=("funnel", "heat", "rank", "trend", "retention"),
        ranking=("leads", "visits", "conversion_rate", "subscriptions"),
        heat="leads",
    ),
)
BY_KEY: Final = {board.key: board for board in BOARDS}

# What each of the three gains (ANA-33): at least two figures for each are shown.
PARTIES: Final[tuple[tuple[str, Any, Any, tuple[str, ...]], ...]] = (
    (
        "company",
        _("The company"),
        _("resources, loyalty, value"),
        ("contract_money", "retention_rate", "referral_share", "clv", "activity_rate"),
    ),
    (
        "customer",
        _("The customer"),
        _("is heard and feels valued"),
        ("csat", "complaints_opened", "complaint_timeliness", "recovery_rate"),
    ),
    (
        "departments",
        _("The departments"),
        _("work by rules and without waiting"),
        (
            "handover_rate",
            "@ANA-17",
            "@ANA-34",
            "callback_coverage",
            "conversion_rate",
            "survey_response_rate",
        ),
    ),
)
SHOWN_OF_PARTY: Final = 3

# The tree of figures: what drives what; each line is a figure and those beneath it.
TREE: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("contract_money", ("signings", "retention_rate")),
    ("signings", ("subscriptions", "conversion_rate")),
    ("subscriptions", ("visits",)),
    ("visits", ("leads",)),
    ("retention_rate", ("csat", "complaint_timeliness", "red_warnings")),
)
TREE_ROOT: Final = "contract_money"


def boards_for(user: Any) -> list[Board]:
    """Return the dashboards of a person, in order."""
    return [board for board in BOARDS if user.has_perm(board.right)]


def names() -> dict[str, tuple[str, ...]]:
    """Return the names of all KPIs that dashboards show, by where they stand."""
    found = {
        f"dashboard {board.key}": (*board.cards, *board.ranking, board.heat) for board in BOARDS
    }
    found |= {f"gain of {party}": keys for party, _label, _gain, keys in PARTIES}
    found["tree of figures"] = (TREE_ROOT, *(key for top, below in TREE for key in (top, *below)))
    return found
