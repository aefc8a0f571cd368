"""Who may do what in analytics: part of the table of access, written by hand."""

from tests.access.people import CONSULTANTS, STAFF

# kpis: words of the doors -> people
KPIS_MAY: dict[str, set[str]] = {
    "see figures": STAFF - {"sysadmin", "secadmin", "auditor", "privacy", "engineering"},
    "see figures of customers": STAFF
    - {"sysadmin", "secadmin", "auditor", "privacy", "engineering"},
    "enter market figures": {"head_office"},
}

# warehouse: words of the doors -> people
WAREHOUSE_MAY: dict[str, set[str]] = {
    "see cubes": {
        *("supervisor", "marketing", "specialist", "service_manager", "finance"),
        *("executive", "head_office"),
    },
}

# dashboards: words of the doors -> people
DASHBOARDS_MAY: dict[str, set[str]] = {
    "see dashboards": CONSULTANTS
    | {"supervisor", "marketing", "channel", "specialist", "service_manager"}
    | {"finance", "executive", "head_office"},
    "see dashboards of consultants": CONSULTANTS | {"supervisor", "executive", "head_office"},
}

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
WINBACK_MAY: dict[str, set[str]] = {
    "see warnings": CONSULTANTS
    | {"supervisor", "specialist", "service_manager", "executive", "head_office"},
    "win customers back": CONSULTANTS | {"supervisor", "specialist"},
    "offer compensation": CONSULTANTS | {"supervisor"},
    "see recovery": {"supervisor", "service_manager", "executive", "head_office"},
    "take rewards back": {"executive"},
}

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
    "own dashboard": {"supervisor"},  # to whom it is sent
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
