"""Who may do what in marketing: part of the table of access, written by hand."""

from tests.access.people import CONSULTANTS

# planning: words of the doors -> people
PLANNING_MAY: dict[str, set[str]] = {}

# campaigns: words of the doors -> people
CAMPAIGNS_MAY: dict[str, set[str]] = {}

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
PROMOTIONS_MAY: dict[str, set[str]] = {}

# selling: words of the doors -> people
SELLING_MAY: dict[str, set[str]] = {
    "see sales plans": {"supervisor", "marketing", "finance", "executive", "head_office"},
    "keep sales plans": {"supervisor", "marketing"},
    "see selling quality": {"supervisor", "marketing", "executive", "head_office"},
    "check selling": {"supervisor", "marketing", "executive"},
    "take selling tests": CONSULTANTS,
    "bring third parties": {"supervisor", "finance"},
    "see interviews": {"marketing", "service_manager", "executive", "head_office"},
    "keep interviews": {"marketing", "service_manager"},
}

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
