"""What each role may do in marketing, part by part (PLT-13). Pure."""

from collections.abc import Mapping

# planning: role -> rights
PLANNING: Mapping[str, set[str]] = {}

# campaigns: role -> rights
_SEE_CAMPAIGNS = {"marketing.view_campaigns"}
_SEE_MONEY = _SEE_CAMPAIGNS | {"marketing.view_budgets"}
CAMPAIGNS: Mapping[str, set[str]] = {
    "supervisor": _SEE_CAMPAIGNS,
    "marketing": _SEE_MONEY | {"marketing.keep_campaigns", "marketing.request_cost"},
    "channel": _SEE_MONEY | {"marketing.request_cost"},
    "finance": _SEE_MONEY | {"marketing.pay_cost"},
    "executive": _SEE_MONEY
    | {
        "marketing.approve_campaign",
        "marketing.set_budgets",
        "marketing.approve_budget_move",
        "marketing.approve_cost",
    },
    "head_office": _SEE_MONEY | {"marketing.approve_large_campaign", "marketing.set_budgets"},
}

# content: role -> rights
CONTENT: Mapping[str, set[str]] = {}

# channels: role -> rights
CHANNELS: Mapping[str, set[str]] = {}

# attribution: role -> rights
ATTRIBUTION: Mapping[str, set[str]] = {}

# segments: role -> rights
SEGMENTS: Mapping[str, set[str]] = {}

# messaging: role -> rights
MESSAGING: Mapping[str, set[str]] = {}

# promotions: role -> rights
PROMOTIONS: Mapping[str, set[str]] = {}

# selling: role -> rights
SELLING: Mapping[str, set[str]] = {}

PARTS = (
    PLANNING,
    CAMPAIGNS,
    CONTENT,
    CHANNELS,
    ATTRIBUTION,
    SEGMENTS,
    MESSAGING,
    PROMOTIONS,
    SELLING,
)


def marketing_duties(role: str) -> set[str]:
    """Return the rights of ``role`` in marketing."""
    return {right for part in PARTS for right in part.get(role, ())}
