"""Who may do what in analytics: part of the table of access, written by hand."""

from tests.access.people import CONSULTANTS

# kpis: words of the doors -> people
KPIS_MAY: dict[str, set[str]] = {}

# warehouse: words of the doors -> people
WAREHOUSE_MAY: dict[str, set[str]] = {}

# dashboards: words of the doors -> people
DASHBOARDS_MAY: dict[str, set[str]] = {}

# scoring: words of the doors -> people
SCORING_MAY: dict[str, set[str]] = {
    "see score models": {
        *("executive", "head_office", "marketing", "service_manager", "auditor", "privacy"),
    },
    "keep score models": {"executive", "head_office"},
}

# churn: words of the doors -> people
_RISK = CONSULTANTS | {"supervisor", "marketing", "specialist", "service_manager"}
CHURN_MAY: dict[str, set[str]] = {
    "see risks of leaving": _RISK | {"executive", "head_office"},
    "see losses": {"supervisor", "marketing", "service_manager", "executive", "head_office"},
    "record losses": CONSULTANTS | {"supervisor", "specialist", "service_manager", "executive"},
}

# winback: words of the doors -> people
WINBACK_MAY: dict[str, set[str]] = {}

# value: words of the doors -> people
VALUE_MAY: dict[str, set[str]] = {}

# reviews: words of the doors -> people
REVIEWS_MAY: dict[str, set[str]] = {}

# improvement: words of the doors -> people
IMPROVEMENT_MAY: dict[str, set[str]] = {}

# people beyond the project of a record, word -> people, see gates.py
ANALYTICS_SEES: dict[str, set[str]] = {}

ANALYTICS_MAY = {
    **KPIS_MAY,
    **WAREHOUSE_MAY,
    **DASHBOARDS_MAY,
    **SCORING_MAY,
    **CHURN_MAY,
    **WINBACK_MAY,
    **VALUE_MAY,
    **REVIEWS_MAY,
    **IMPROVEMENT_MAY,
}
