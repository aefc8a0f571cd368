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
_SEE_CONTENT = {"marketing.view_content"}
_KEEP_CONTENT = _SEE_CONTENT | {"marketing.keep_content", "marketing.answer_communities"}
CONTENT: Mapping[str, set[str]] = {
    "marketing": _KEEP_CONTENT | {"marketing.review_advert_marketing"},
    "channel": _SEE_CONTENT | {"marketing.review_advert_marketing"},
    "engineering": _SEE_CONTENT
    | {"marketing.review_advert_engineering", "marketing.review_advert_design"},
    "specialist": _SEE_CONTENT
    | {"marketing.review_advert_relations", "marketing.answer_communities"},
    "service_manager": _SEE_CONTENT
    | {"marketing.review_advert_relations", "marketing.answer_communities"},
    "supervisor": _SEE_CONTENT,
    "executive": _SEE_CONTENT | {"marketing.sign_advert"},
    "finance": _SEE_CONTENT | {"marketing.sign_appreciation"},
    # legal and design have no accounts of their own yet
    "head_office": _SEE_CONTENT | {"marketing.review_advert_legal"},
}

# channels: role -> rights
_SEE_CHANNELS = {"marketing.view_channels", "marketing.view_commission"}
CHANNELS: Mapping[str, set[str]] = {
    "marketing": {"marketing.view_channels", "marketing.keep_channels"},
    "channel": _SEE_CHANNELS | {"marketing.keep_channels", "marketing.keep_partners"},
    "finance": {"marketing.view_commission", "marketing.pay_commission"},
    "executive": _SEE_CHANNELS,
    "head_office": _SEE_CHANNELS,
    "partner": {"marketing.use_partner_portal"},
}

# attribution: role -> rights
_SEE_SHARES = {"marketing.view_attribution"}
ATTRIBUTION: Mapping[str, set[str]] = dict.fromkeys(
    ("supervisor", "marketing", "channel", "finance", "executive", "head_office"), _SEE_SHARES
)

# segments: role -> rights
_SEE_SEGMENTS = {"marketing.view_segments"}
_KEEP_SEGMENTS = _SEE_SEGMENTS | {"marketing.keep_segments"}
_SEE_CHANCES = {"marketing.view_opportunities", "marketing.view_programme"}
_WORK_CHANCES = _SEE_CHANCES | {"marketing.work_opportunities", "marketing.send_information"}
SEGMENTS: Mapping[str, set[str]] = {
    "consultant": _WORK_CHANCES,
    "supervisor": _WORK_CHANCES | {"marketing.run_programme"},
    "marketing": _KEEP_SEGMENTS
    | _SEE_CHANCES
    | {"marketing.export_segments", "marketing.send_information", "marketing.run_programme"},
    "channel": _SEE_SEGMENTS,
    "executive": _KEEP_SEGMENTS | _SEE_CHANCES | {"marketing.run_programme"},
    "head_office": _SEE_SEGMENTS | _SEE_CHANCES,
}

# messaging: role -> rights
MESSAGING: Mapping[str, set[str]] = {
    "marketing": {
        "marketing.view_messaging",
        "marketing.write_messaging",
        "marketing.launch_messaging",
    },
    "executive": {
        "marketing.view_messaging",
        "marketing.launch_messaging",
        "marketing.decide_experiments",
    },
    "head_office": {"marketing.view_messaging"},
}

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
