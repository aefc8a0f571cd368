"""Who may do what at the service desk: part of the table of access, written by hand."""

from tests.access.people import CONSULTANTS, STAFF

# tickets: words of the doors -> people
TICKETS_MAY: dict[str, set[str]] = {
    "see tickets": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager"}
    | {"engineering", "executive", "head_office"},
    "handle tickets": CONSULTANTS
    | {"supervisor", "agent", "specialist", "service_manager", "executive"},
    "lead tickets": {"service_manager", "executive"},
    "direct tickets": {"head_office"},
}

# clocks: words of the doors -> people
CLOCKS_MAY: dict[str, set[str]] = {}

# desk: words of the doors -> people
DESK_MAY: dict[str, set[str]] = {
    "work at the call desk": {"agent", "specialist", "service_manager"},
    "lead the call desk": {"service_manager"},
    "write callers down": {"agent"},
}

# knowledge: words of the doors -> people
KNOWLEDGE_MAY: dict[str, set[str]] = {}

# surveys: words of the doors -> people
SURVEYS_MAY: dict[str, set[str]] = {}

# care: words of the doors -> people
CARE_MAY: dict[str, set[str]] = {}

# repairs: words of the doors -> people
REPAIRS_MAY: dict[str, set[str]] = {}

# groups: words of the doors -> people
GROUPS_MAY: dict[str, set[str]] = {}

# experience: words of the doors -> people
EXPERIENCE_MAY: dict[str, set[str]] = {}

# the record in an address -> who has it in scope
SERVICE_SEES: dict[str, set[str]] = {
    "sample": {"service_manager"},  # agents see their own once it is scored
    "ticket": STAFF - {"consultant_b", "consultant_c"},
    # ended by its owner, and by who handles tickets
    "ticket task": STAFF - {"consultant_b", "consultant_c", "head_office"},
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
