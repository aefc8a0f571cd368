"""Who may do what at the service desk: part of the table of access, written by hand."""

from tests.access.people import CONSULTANTS, STAFF

# tickets: words of the doors -> people
TICKETS_MAY: dict[str, set[str]] = {
    "see tickets": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager"}
    | {"engineering", "executive", "head_office"},
    "see tickets of customers": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager", "executive", "head_office"},
    "handle tickets": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager", "executive"},
    "ask for phones of tickets": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager", "executive"},
    "lead tickets": {"service_manager", "executive"},
    "direct tickets": {"head_office"},
}

# clocks: words of the doors -> people
CLOCKS_MAY: dict[str, set[str]] = {
    "see timeliness": {"specialist", "service_manager", "executive", "head_office"},
    "decide concerns": {"service_manager", "executive"},
}

# desk: words of the doors -> people
DESK_MAY: dict[str, set[str]] = {
    "work at the call desk": {"agent", "specialist", "service_manager"},
    "lead the call desk": {"service_manager"},
    "write callers down": {"agent"},
}

# knowledge: words of the doors -> people
_KB_SELLERS = {"consultant", "consultant_b", "consultant_c", "supervisor"}
_KB_CENTRE = {"agent", "specialist", "service_manager", "executive"}
KNOWLEDGE_MAY: dict[str, set[str]] = {
    "read articles": _KB_SELLERS
    | _KB_CENTRE
    | {"marketing", "channel", "engineering", "finance", "head_office"},
    "write articles": {"marketing", "service_manager", "executive"},
    "find missing answers": _KB_CENTRE,
    "answer feedback": _KB_CENTRE,
    "answer tickets": _KB_SELLERS | _KB_CENTRE,
    "see ratings": {"supervisor", "service_manager", "executive", "head_office"},
    "see services": _KB_SELLERS | _KB_CENTRE | {"head_office"},
    "edit services": {"service_manager", "executive"},
    "book services": _KB_SELLERS | {"agent", "specialist", "service_manager"},
    "see the centre": _KB_CENTRE | {"supervisor", "head_office"},
    "plan the centre": {"service_manager", "executive"},
}

# surveys: words of the doors -> people
SURVEYS_MAY: dict[str, set[str]] = {
    "see surveys": {
        *("supervisor", "marketing", "specialist"),
        *("service_manager", "executive", "head_office"),
    },
    "manage surveys": {"service_manager", "executive"},
}

# care: words of the doors -> people
CARE_MAY: dict[str, set[str]] = {
    "see care": {"specialist", "service_manager", "executive", "finance", "head_office"},
    "plan care": {"specialist", "service_manager"},
    "book care funds": {"finance"},
    "edit the care programme": {"executive"},
}

# repairs: words of the doors -> people
REPAIRS_MAY: dict[str, set[str]] = {
    "see repairs": {
        *("agent", "specialist", "service_manager", "engineering"),
        *("finance", "executive", "head_office"),
    },
    "work on repairs": {"specialist", "service_manager", "engineering"},
    "keep contractors": {"service_manager", "engineering"},
    "charge contractors": {"service_manager", "engineering", "finance"},
    "answer improvements": {"service_manager", "engineering", "executive"},
    "keep upkeep": {"specialist", "service_manager", "executive"},
}

# groups: words of the doors -> people
GROUPS_MAY: dict[str, set[str]] = {
    "see groups": {"agent", "specialist", "service_manager", "executive", "head_office"},
    "lead groups": {"service_manager", "executive"},
    "command crises": {"service_manager", "executive", "head_office"},
    "approve statements": {"executive", "head_office"},
}

# experience: words of the doors -> people
EXPERIENCE_MAY: dict[str, set[str]] = {
    "see the journey": {
        *("supervisor", "marketing", "specialist", "service_manager"),
        *("engineering", "finance", "executive", "head_office"),
    },
    "keep the journey": {"service_manager", "executive"},
    "read stories": {
        *("consultant", "consultant_b", "consultant_c", "supervisor", "marketing", "channel"),
        *("agent", "specialist", "service_manager", "engineering"),
        *("finance", "executive", "head_office"),
    },
    "change the story": {"consultant", "service_manager", "executive"},  # whose it is, and these
    "pick stories": {"service_manager", "executive"},
}

# the record in an address -> who has it in scope
SERVICE_SEES: dict[str, set[str]] = {
    # knowledge: nobody's tickets but those of one's own customers and projects
    "rated ticket": {"supervisor", "service_manager", "executive", "head_office"},
    "own remark": {"consultant"},  # whoever noted it
    "sample": {"service_manager"},  # agents see their own once it is scored
    "ticket": STAFF - {"consultant_b", "consultant_c"},
    # ended by its owner, and by who handles tickets
    "ticket task": STAFF - {"consultant_b", "consultant_c", "head_office"},
    # a survey of the project of consultant; its report holds the figures of the region
    "survey": {
        *("supervisor", "marketing", "specialist"),
        *("service_manager", "executive", "head_office"),
    },
    "survey report": {"service_manager", "executive", "head_office"},
}

SERVICE_MAY: dict[str, set[str]] = {
    **TICKETS_MAY,
    **CLOCKS_MAY,
    **DESK_MAY,
    **KNOWLEDGE_MAY,
    **SURVEYS_MAY,
    **CARE_MAY,
    **REPAIRS_MAY,
    **GROUPS_MAY,
    **EXPERIENCE_MAY,
}
