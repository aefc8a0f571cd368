"""What each role may do in marketing, part by part (PLT-13). Pure."""

from collections.abc import Mapping

# planning: role -> rights
_SEE_PLANS = {"marketing.view_planning"}
_SEND_SHEETS = {"marketing.send_sheets"}
PLANNING: Mapping[str, set[str]] = {
    "consultant": _SEND_SHEETS,
    "supervisor": _SEE_PLANS | _SEND_SHEETS,
    "marketing": _SEE_PLANS | {"marketing.keep_planning"},
    "channel": _SEE_PLANS,
    "service_manager": _SEE_PLANS,
    "executive": _SEE_PLANS | {"marketing.keep_planning"},
    "head_office": _SEE_PLANS,
}

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
_SEE_PROMOTIONS = {"marketing.view_promotions"}
_APPLY_PROMOTIONS = _SEE_PROMOTIONS | {"marketing.apply_promotions"}
PROMOTIONS: Mapping[str, set[str]] = {
    "consultant": _APPLY_PROMOTIONS,
    "supervisor": _APPLY_PROMOTIONS,
    "marketing": _SEE_PROMOTIONS | {"marketing.keep_promotions"},
    "finance": _SEE_PROMOTIONS | {"marketing.refund_groups"},
    "executive": _SEE_PROMOTIONS | {"marketing.sign_promotions"},
    "head_office": _SEE_PROMOTIONS | {"marketing.sign_promotions", "marketing.direct_promotions"},
}

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
