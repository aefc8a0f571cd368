"""What each role may do at the service desk, part by part (PLT-13). Pure."""

from collections.abc import Mapping

# tickets: role -> rights
_SEE = {"service.view_tickets"}
_WORK = _SEE | {"service.log_ticket", "service.work_tickets"}
_LEAD = _WORK | {"service.lead_tickets", "service.mediate_prices"}
TICKETS: Mapping[str, set[str]] = {
    "consultant": _WORK,
    "supervisor": _WORK,
    "agent": _WORK,
    "specialist": _WORK | {"service.mediate_prices"},
    "service_manager": _LEAD,
    "engineering": _SEE,
    "executive": _LEAD,
    "head_office": _SEE | {"service.direct_tickets"},
}

# clocks: role -> rights
CLOCKS: Mapping[str, set[str]] = {}

# desk: role -> rights
_WORK_DESK = {"service.work_desk"}
DESK: Mapping[str, set[str]] = {
    "agent": _WORK_DESK,
    "specialist": _WORK_DESK,
    "service_manager": _WORK_DESK | {"service.lead_desk"},
}

# knowledge: role -> rights
KNOWLEDGE: Mapping[str, set[str]] = {}

# surveys: role -> rights
SURVEYS: Mapping[str, set[str]] = {}

# care: role -> rights
CARE: Mapping[str, set[str]] = {}

# repairs: role -> rights
REPAIRS: Mapping[str, set[str]] = {}

# groups: role -> rights
GROUPS: Mapping[str, set[str]] = {}

# experience: role -> rights
EXPERIENCE: Mapping[str, set[str]] = {}

PARTS = (TICKETS, CLOCKS, DESK, KNOWLEDGE, SURVEYS, CARE, REPAIRS, GROUPS, EXPERIENCE)


def service_duties(role: str) -> set[str]:
    """Return the rights of ``role`` at the service desk."""
    return {right for part in PARTS for right in part.get(role, ())}
