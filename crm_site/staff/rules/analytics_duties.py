"""What each role may do in analytics, part by part (PLT-13). Pure."""

from collections.abc import Mapping

# kpis: role -> rights
SEE_KPIS = {"analytics.view_kpis"}
KPIS: Mapping[str, set[str]] = {
    "consultant": SEE_KPIS,
    "supervisor": SEE_KPIS,
    "marketing": SEE_KPIS,
    "channel": SEE_KPIS,
    "agent": SEE_KPIS,
    "specialist": SEE_KPIS,
    "service_manager": SEE_KPIS,
    "finance": SEE_KPIS,
    "executive": SEE_KPIS,
    "head_office": SEE_KPIS | {"analytics.enter_market_figures"},
}

# warehouse: role -> rights
WAREHOUSE: Mapping[str, set[str]] = {
    role: {"analytics.view_cubes"}
    for role in (
        *("supervisor", "marketing", "specialist", "service_manager", "finance"),
        *("executive", "head_office"),
    )
}


# dashboards: role -> rights
def _boards(*keys: str) -> set[str]:
    return {"analytics.view_dashboards", *(f"analytics.see_{key}_board" for key in keys)}


_EVERY_BOARD = _boards(
    "executive", "region", "project", "team", "consultant", "service", "marketing"
)
DASHBOARDS: Mapping[str, set[str]] = {
    "consultant": _boards("consultant"),
    "supervisor": _boards("team", "consultant"),
    "marketing": _boards("marketing", "project"),
    "channel": _boards("marketing"),
    "specialist": _boards("service"),
    "service_manager": _boards("service"),
    "finance": _boards("region", "project"),
    "executive": _EVERY_BOARD,
    "head_office": _EVERY_BOARD,
}

# scoring: role -> rights
_SEE_MODELS = {"analytics.view_scoremodels"}
_KEEP_MODELS = _SEE_MODELS | {"analytics.keep_scoremodels"}
SCORING: Mapping[str, set[str]] = {
    "executive": _KEEP_MODELS,
    "head_office": _KEEP_MODELS,
    "marketing": _SEE_MODELS,
    "service_manager": _SEE_MODELS,
    "auditor": _SEE_MODELS,
    "privacy": _SEE_MODELS,
}

# churn: role -> rights
_RISK = {"analytics.view_churn"}
_LOSS = _RISK | {"analytics.record_loss"}
_JUDGE_LOSS = _LOSS | {"analytics.view_losses"}
CHURN: Mapping[str, set[str]] = {
    "consultant": _LOSS,
    "supervisor": _JUDGE_LOSS,
    "specialist": _LOSS,
    "service_manager": _JUDGE_LOSS,
    "marketing": _RISK | {"analytics.view_losses"},
    "executive": _JUDGE_LOSS,
    "head_office": _RISK | {"analytics.view_losses"},
}

# winback: role -> rights
_SEE_WARNINGS = {"analytics.view_winback"}
_WIN_BACK = _SEE_WARNINGS | {"analytics.work_winback"}
_JUDGE_WINBACK = _SEE_WARNINGS | {"analytics.view_holdout", "analytics.view_recovery"}
WINBACK: Mapping[str, set[str]] = {
    "consultant": _WIN_BACK,
    "supervisor": _WIN_BACK | _JUDGE_WINBACK | {"analytics.sign_winback"},
    "specialist": _WIN_BACK,
    "service_manager": _JUDGE_WINBACK,
    "executive": _JUDGE_WINBACK | {"analytics.direct_winback"},
    "head_office": _JUDGE_WINBACK,
}

# value: role -> rights
_SEE_VALUE = {"analytics.view_value", "analytics.view_customer_value"}
VALUE: Mapping[str, set[str]] = {
    "consultant": {"analytics.view_customer_value"},
    "specialist": {"analytics.view_customer_value"},
    "supervisor": _SEE_VALUE,
    "service_manager": _SEE_VALUE,
    "marketing": _SEE_VALUE | {"analytics.decide_value"},
    "finance": _SEE_VALUE | {"analytics.book_value"},
    "executive": _SEE_VALUE | {"analytics.decide_value"},
    "head_office": _SEE_VALUE,
}

# reviews: role -> rights
_ANSWER = {"analytics.own_measures"}
_REVIEW = _ANSWER | {"analytics.view_reviews", "analytics.keep_reviews"}
REVIEWS: Mapping[str, set[str]] = {
    "supervisor": _ANSWER,
    "marketing": _ANSWER,
    "specialist": _ANSWER,
    "engineering": _ANSWER,
    "finance": _ANSWER,
    "service_manager": _REVIEW,
    "executive": _REVIEW | {"analytics.direct_reviews"},
    "head_office": _REVIEW | {"analytics.direct_reviews"},
}

# improvement: role -> rights
_SELF = {"analytics.view_own_results"}
_TAKE_PART = _SELF | {"analytics.view_improvement"}
_LEAD_PEOPLE = _TAKE_PART | {"analytics.appraise"}
_LEAD_CHANGE = _LEAD_PEOPLE | {"analytics.keep_improvement", "analytics.award_star"}
IMPROVEMENT: Mapping[str, set[str]] = {
    "consultant": _SELF,
    "agent": _SELF,
    "supervisor": _LEAD_PEOPLE,
    "marketing": _TAKE_PART,
    "specialist": _TAKE_PART,
    "engineering": _TAKE_PART,
    "finance": _SELF | {"analytics.view_bonus", "analytics.run_bonus"},
    "service_manager": _LEAD_CHANGE,
    "executive": _LEAD_CHANGE | {"analytics.view_bonus", "analytics.sign_bonus"},
    "head_office": _LEAD_CHANGE | {"analytics.view_bonus", "analytics.sign_bonus"},
}

PARTS = (KPIS, WAREHOUSE, DASHBOARDS, SCORING, CHURN, WINBACK, VALUE, REVIEWS, IMPROVEMENT)


def analytics_duties(role: str) -> set[str]:
    """Return the rights of ``role`` in analytics."""
    return {right for part in PARTS for right in part.get(role, ())}
