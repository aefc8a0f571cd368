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
VALUE_MAY: dict[str, set[str]] = {}

# reviews: words of the doors -> people
REVIEWERS = {"service_manager", "executive", "head_office"}
REVIEWS_MAY: dict[str, set[str]] = {
    "see reviews": REVIEWERS,
    "keep reviews": REVIEWERS,
    "direct reviews": {"executive", "head_office"},
    "answer for measures": REVIEWERS
    | {"supervisor", "marketing", "specialist", "engineering", "finance"},
}

# improvement: words of the doors -> people
CHANGING = {"service_manager", "executive", "head_office"}
TAKING_PART = CHANGING | {"supervisor", "marketing", "specialist", "engineering"}
IMPROVEMENT_MAY: dict[str, set[str]] = {
    "see improvement": TAKING_PART,
    "keep improvement": CHANGING,
    "see own results": TAKING_PART
    | {"consultant", "consultant_b", "consultant_c", "agent", "finance"},
    "appraise": CHANGING | {"supervisor"},
    "see bonuses": {"finance", "executive", "head_office"},
    "pay bonuses": {"finance"},
    "award stars": CHANGING,
}

# people beyond the project of a record, word -> people, see gates.py
ANALYTICS_SEES: dict[str, set[str]] = {
    "measure": {"service_manager", "executive", "head_office"},  # and who answers for it
    # the person, who leads them, who pays them
    "appraisal": {"consultant", "supervisor", "finance"}
    | {"service_manager", "executive", "head_office"},
}

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
