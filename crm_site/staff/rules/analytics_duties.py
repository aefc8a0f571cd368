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
VALUE: Mapping[str, set[str]] = {}

# reviews: role -> rights
REVIEWS: Mapping[str, set[str]] = {}

# improvement: role -> rights
IMPROVEMENT: Mapping[str, set[str]] = {}

PARTS = (KPIS, WAREHOUSE, DASHBOARDS, SCORING, CHURN, WINBACK, VALUE, REVIEWS, IMPROVEMENT)


def analytics_duties(role: str) -> set[str]:
    """Return the rights of ``role`` in analytics."""
    return {right for part in PARTS for right in part.get(role, ())}
