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
IMPROVEMENT: Mapping[str, set[str]] = {}

PARTS = (KPIS, WAREHOUSE, DASHBOARDS, SCORING, CHURN, WINBACK, VALUE, REVIEWS, IMPROVEMENT)


def analytics_duties(role: str) -> set[str]:
    """Return the rights of ``role`` in analytics."""
    return {right for part in PARTS for right in part.get(role, ())}
