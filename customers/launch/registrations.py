"""What the preparation of launches tells the other parts: forms, registers, gates, events."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from customers.launch import findings, gates, policies, sheets
from customers.launch.planning import plan_checks
from customers.models import Project
from customers.property.editing import register_project_follow_up

EVENTS = {
    "launch.briefed": _("Technical briefing written down"),
    "launch.assigned": _("Consultant assigned to a launch"),
    "launch.released": _("Consultant taken off a launch"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    policies.register()
    sheets.register()
    findings.register()
    gates.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    register_project_follow_up("launch-checks", _plan)


def _plan(project: Project, now: datetime) -> None:
    plan_checks(project, now)
