"""What each role may do in marketing, part by part (PLT-13). Pure."""

from collections.abc import Mapping

# planning: role -> rights
PLANNING: Mapping[str, set[str]] = {}

# campaigns: role -> rights
CAMPAIGNS: Mapping[str, set[str]] = {}

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
_SEE_PLAN = "marketing.view_sales_plan"
_SEE_SELLING = {_SEE_PLAN, "marketing.view_selling_quality"}
_INTERVIEWS = {"marketing.view_interviews", "marketing.keep_interviews"}
SELLING: Mapping[str, set[str]] = {
    "consultant": {"marketing.take_selling_tests"},
    "supervisor": _SEE_SELLING
    | {"marketing.keep_sales_plan", "marketing.check_selling", "marketing.bring_third_party"},
    "marketing": _SEE_SELLING
    | _INTERVIEWS
    | {"marketing.keep_sales_plan", "marketing.check_selling"},
    "service_manager": _INTERVIEWS,
    "finance": {_SEE_PLAN, "marketing.bring_third_party"},
    "executive": _SEE_SELLING
    | {"marketing.sign_sales_plan", "marketing.check_selling", "marketing.view_interviews"},
    "head_office": _SEE_SELLING | {"marketing.view_interviews"},
}

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
