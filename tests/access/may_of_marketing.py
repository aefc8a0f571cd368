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
CONTENT_MAY: dict[str, set[str]] = {
    "see content": {
        *("supervisor", "marketing", "channel", "specialist", "service_manager"),
        *("engineering", "finance", "executive", "head_office"),
    },
    "keep content": {"marketing"},
    "answer in groups": {"marketing", "specialist", "service_manager"},
}

# channels: words of the doors -> people
CHANNELS_MAY: dict[str, set[str]] = {
    "see channels": {"marketing", "channel", "executive", "head_office"},
    "keep channels": {"marketing", "channel"},
    "keep partners": {"channel"},
    "see commission": {"channel", "finance", "executive", "head_office"},
    "pay commission": {"finance"},
    "use the partner portal": set(),
}

# attribution: words of the doors -> people
ATTRIBUTION_MAY: dict[str, set[str]] = {
    "see attribution": {"supervisor", "marketing", "channel"}
    | {"finance", "executive", "head_office"},
}

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
MESSAGING_MAY: dict[str, set[str]] = {
    "see messaging": {"marketing", "executive", "head_office"},
    "write messaging": {"marketing"},
    "launch messaging": {"marketing", "executive"},
    "decide experiments": {"executive"},
}

# promotions: words of the doors -> people
PROMOTIONS_MAY: dict[str, set[str]] = {
    "see promotions": CONSULTANTS
    | {"supervisor", "marketing", "finance", "executive", "head_office"},
    "keep promotions": {"marketing"},
    "apply promotions": CONSULTANTS | {"supervisor"},
    "refund groups": {"finance"},
}

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
MARKETING_SEES: dict[str, set[str]] = {
    "public story": {"marketing"},  # a draft: nobody else reads it
    "messaging": {"marketing", "executive", "head_office"},
}

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
