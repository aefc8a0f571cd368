"""Who may do what in analytics: part of the table of access, written by hand."""

# kpis: words of the doors -> people
KPIS_MAY: dict[str, set[str]] = {}

# warehouse: words of the doors -> people
WAREHOUSE_MAY: dict[str, set[str]] = {}

# dashboards: words of the doors -> people
DASHBOARDS_MAY: dict[str, set[str]] = {}

# scoring: words of the doors -> people
SCORING_MAY: dict[str, set[str]] = {}

# churn: words of the doors -> people
CHURN_MAY: dict[str, set[str]] = {}

# winback: words of the doors -> people
WINBACK_MAY: dict[str, set[str]] = {}

# value: words of the doors -> people
VALUE_MAY: dict[str, set[str]] = {
    "see value": {
        *("supervisor", "marketing", "service_manager"),
        *("finance", "executive", "head_office"),
    },
    "see customer value": {
        *("consultant", "consultant_b", "consultant_c", "supervisor", "marketing"),
        *("specialist", "service_manager", "finance", "executive", "head_office"),
    },
    "decide value": {"marketing", "executive"},
    "book value": {"finance"},
}

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
