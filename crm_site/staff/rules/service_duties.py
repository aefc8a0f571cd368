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
_TIMELY = {"service.view_timeliness"}
CLOCKS: Mapping[str, set[str]] = {
    "specialist": _TIMELY,
    "service_manager": _TIMELY | {"service.decide_concerns"},
    "executive": _TIMELY | {"service.decide_concerns"},
    "head_office": _TIMELY,
}

# desk: role -> rights
_WORK_DESK = {"service.work_desk"}
DESK: Mapping[str, set[str]] = {
    "agent": _WORK_DESK,
    "specialist": _WORK_DESK,
    "service_manager": _WORK_DESK | {"service.lead_desk"},
}

# knowledge: role -> rights
_KB_READ = {"service.view_knowledge"}
_KB_COLLECT = _KB_READ | {"service.work_missing", "service.answer_feedback"}
_KB_WRITE = _KB_READ | {"service.write_knowledge"}
_KB_JUDGE = {"service.view_ratings", "service.view_centre"}
_KB_OFFER = {"service.view_services", "service.book_services"}
_KB_MANAGE = (
    _KB_COLLECT | _KB_WRITE | _KB_JUDGE | {"service.approve_knowledge", "service.edit_services"}
)
KNOWLEDGE: Mapping[str, set[str]] = {
    "consultant": _KB_READ | _KB_OFFER,
    "supervisor": _KB_READ | _KB_OFFER | _KB_JUDGE,
    "marketing": _KB_WRITE,
    "channel": _KB_READ,
    "agent": _KB_COLLECT | _KB_OFFER | {"service.view_centre"},
    "specialist": _KB_COLLECT | _KB_OFFER | {"service.view_centre"},
    "service_manager": _KB_MANAGE | _KB_OFFER | {"service.plan_centre"},
    "engineering": _KB_READ,
    "finance": _KB_READ,
    "executive": _KB_MANAGE | {"service.view_services", "service.plan_centre"},
    "head_office": _KB_READ | _KB_JUDGE | {"service.view_services"},
}

# surveys: role -> rights
_FIGURES = {"service.view_surveys"}
SURVEYS: Mapping[str, set[str]] = {
    **dict.fromkeys(("supervisor", "marketing", "specialist", "head_office"), _FIGURES),
    **dict.fromkeys(("service_manager", "executive"), _FIGURES | {"service.manage_surveys"}),
}

# care: role -> rights
CARE: Mapping[str, set[str]] = {
    "specialist": {"service.view_care", "service.plan_care"},
    "service_manager": {"service.view_care", "service.plan_care", "service.approve_care"},
    "executive": {
        "service.view_care",
        "service.approve_care",
        "service.edit_care",
    },
    "finance": {"service.view_care", "service.approve_fund", "service.book_fund"},
    "head_office": {"service.view_care", "service.approve_care"},
}

# repairs: role -> rights
_REPAIRS = {"service.view_repairs"}
_REPAIR = _REPAIRS | {"service.work_repairs"}
_BUILD = _REPAIR | {
    "service.keep_contractors",
    "service.charge_contractors",
    "service.answer_improvements",
}
REPAIRS: Mapping[str, set[str]] = {
    "agent": _REPAIRS,
    "specialist": _REPAIR | {"service.keep_upkeep"},
    "service_manager": _BUILD | {"service.keep_upkeep"},
    "engineering": _BUILD,
    "finance": _REPAIRS | {"service.charge_contractors"},
    "executive": _REPAIRS | {"service.answer_improvements", "service.keep_upkeep"},
    "head_office": _REPAIRS,
}

# groups: role -> rights
_SEE_GROUPS = {"service.view_groups"}
_RUN_GROUPS = _SEE_GROUPS | {"service.lead_groups", "service.command_crisis"}
GROUPS: Mapping[str, set[str]] = {
    "agent": _SEE_GROUPS,
    "specialist": _SEE_GROUPS,
    "service_manager": _RUN_GROUPS,
    "executive": _RUN_GROUPS | {"service.approve_statements"},
    "head_office": _SEE_GROUPS | {"service.command_crisis", "service.approve_statements"},
}

# experience: role -> rights
_STORIES = {"service.read_stories"}
_JOURNEY = _STORIES | {"service.view_journey"}
_KEEP_JOURNEY = _JOURNEY | {"service.keep_journey", "service.pick_stories"}
EXPERIENCE: Mapping[str, set[str]] = {
    "consultant": _STORIES,
    "supervisor": _JOURNEY,
    "marketing": _JOURNEY,
    "channel": _STORIES,
    "agent": _STORIES,
    "specialist": _JOURNEY,
    "service_manager": _KEEP_JOURNEY,
    "engineering": _JOURNEY,
    "finance": _JOURNEY,
    "executive": _KEEP_JOURNEY,
    "head_office": _JOURNEY,
}

# delays: role -> rights
_DELAYS = {"service.view_delays"}
_KEEP_DELAYS = _DELAYS | {"service.keep_delays"}
DELAYS: Mapping[str, set[str]] = {
    **dict.fromkeys(("agent", "finance", "head_office"), _DELAYS),
    **dict.fromkeys(("specialist", "service_manager", "engineering", "executive"), _KEEP_DELAYS),
}

PARTS = (TICKETS, CLOCKS, DESK, KNOWLEDGE, SURVEYS, CARE, REPAIRS, GROUPS, EXPERIENCE, DELAYS)


def service_duties(role: str) -> set[str]:
    """Return the rights of ``role`` at the service desk."""
    return {right for part in PARTS for right in part.get(role, ())}
