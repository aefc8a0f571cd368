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
DESK: Mapping[str, set[str]] = {}

# knowledge: role -> rights
_READ = {"service.view_knowledge"}
_COLLECT = _READ | {"service.work_missing", "service.answer_feedback"}
_WRITE = _READ | {"service.write_knowledge"}
_JUDGE = {"service.view_ratings", "service.view_centre"}
_OFFER = {"service.view_services", "service.book_services"}
_MANAGE = _COLLECT | _WRITE | _JUDGE | {"service.approve_knowledge", "service.edit_services"}
KNOWLEDGE: Mapping[str, set[str]] = {
    "consultant": _READ | _OFFER,
    "supervisor": _READ | _OFFER | _JUDGE,
    "marketing": _WRITE,
    "channel": _READ,
    "agent": _COLLECT | _OFFER | {"service.view_centre"},
    "specialist": _COLLECT | _OFFER | {"service.view_centre"},
    "service_manager": _MANAGE | _OFFER | {"service.plan_centre"},
    "engineering": _READ,
    "finance": _READ,
    "executive": _MANAGE | {"service.view_services", "service.plan_centre"},
    "head_office": _READ | _JUDGE | {"service.view_services"},
}

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
