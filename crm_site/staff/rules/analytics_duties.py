"""What each role may do in analytics, part by part (PLT-13). Pure."""

from collections.abc import Mapping

# kpis: role -> rights
KPIS: Mapping[str, set[str]] = {}

# warehouse: role -> rights
WAREHOUSE: Mapping[str, set[str]] = {}

# dashboards: role -> rights
DASHBOARDS: Mapping[str, set[str]] = {}

# scoring: role -> rights
SCORING: Mapping[str, set[str]] = {}

# churn: role -> rights
CHURN: Mapping[str, set[str]] = {}

# winback: role -> rights
WINBACK: Mapping[str, set[str]] = {}

# value: role -> rights
VALUE: Mapping[str, set[str]] = {}

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
