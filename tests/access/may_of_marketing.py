"""Who may do what in marketing: part of the table of access, written by hand."""

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
_SELLERS = {"consultant", "consultant_b", "consultant_c", "supervisor"}
_CHANCES = _SELLERS | {"marketing", "executive", "head_office"}
SEGMENTS_MAY: dict[str, set[str]] = {
    "see segments": {"marketing", "channel", "executive", "head_office"},
    "keep segments": {"marketing", "executive"},
    "export segments": {"marketing"},
    "see chances": _CHANCES,
    "work on chances": _SELLERS,
    "send information": _SELLERS | {"marketing"},
    "run the programme": {"supervisor", "marketing", "executive"},
}

# messaging: words of the doors -> people
MESSAGING_MAY: dict[str, set[str]] = {}

# promotions: words of the doors -> people
PROMOTIONS_MAY: dict[str, set[str]] = {}

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
