"""Who may do what in marketing: part of the table of access, written by hand."""

from tests.access.people import CONSULTANTS

# planning: words of the doors -> people
PLANNING_MAY: dict[str, set[str]] = {
    "see planning": {
        *("supervisor", "marketing", "channel", "service_manager", "executive", "head_office"),
    },
    "hand over sheets": CONSULTANTS | {"supervisor"},
}

# campaigns: words of the doors -> people
_MONEY = {"marketing", "channel", "finance", "executive", "head_office"}
CAMPAIGNS_MAY: dict[str, set[str]] = {
    "see campaigns": _MONEY | {"supervisor"},
    "keep campaigns": {"marketing"},
    "see budgets": _MONEY,
    "set budgets": {"executive", "head_office"},
    "request cost": {"marketing", "channel"},
    "pay cost": {"finance"},
}

# content: words of the doors -> people
CONTENT_MAY: dict[str, set[str]] = {}

# channels: words of the doors -> people
CHANNELS_MAY: dict[str, set[str]] = {}

# attribution: words of the doors -> people
ATTRIBUTION_MAY: dict[str, set[str]] = {}

# segments: words of the doors -> people
SEGMENTS_MAY: dict[str, set[str]] = {}

# messaging: words of the doors -> people
MESSAGING_MAY: dict[str, set[str]] = {}

# promotions: words of the doors -> people
PROMOTIONS_MAY: dict[str, set[str]] = {
    "see promotions": CONSULTANTS
    | {"supervisor", "marketing", "finance", "executive", "head_office"},
    "keep promotions": {"marketing"},
    "apply promotions": CONSULTANTS | {"supervisor"},
    "refund groups": {"finance"},
}

# selling: words of the doors -> people
SELLING_MAY: dict[str, set[str]] = {}

# people beyond the project of a record, word -> people, see gates.py
MARKETING_SEES: dict[str, set[str]] = {}

MARKETING_MAY = {
    **PLANNING_MAY,
    **CAMPAIGNS_MAY,
    **CONTENT_MAY,
    **CHANNELS_MAY,
    **ATTRIBUTION_MAY,
    **SEGMENTS_MAY,
    **MESSAGING_MAY,
    **PROMOTIONS_MAY,
    **SELLING_MAY,
}
