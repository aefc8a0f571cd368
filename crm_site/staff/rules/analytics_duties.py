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
_RISK = {"analytics.view_churn"}
_LOSS = _RISK | {"analytics.record_loss"}
_JUDGE_LOSS = _LOSS | {"analytics.view_losses"}
CHURN: Mapping[str, set[str]] = {
    "consultant": _LOSS,
    "supervisor": _JUDGE_LOSS,
    "specialist": _LOSS,
    "service_manager": _JUDGE_LOSS,
    "marketing": {"analytics.view_losses"},
    "executive": _JUDGE_LOSS,
    "head_office": _RISK | {"analytics.view_losses"},
}

# winback: role -> rights
WINBACK: Mapping[str, set[str]] = {}

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
REVIEWS: Mapping[str, set[str]] = {}

# improvement: role -> rights
IMPROVEMENT: Mapping[str, set[str]] = {}

PARTS = (KPIS, WAREHOUSE, DASHBOARDS, SCORING, CHURN, WINBACK, VALUE, REVIEWS, IMPROVEMENT)


def analytics_duties(role: str) -> set[str]:
    """Return the rights of ``role`` in analytics."""
    return {right for part in PARTS for right in part.get(role, ())}
