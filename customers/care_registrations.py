"""What playbooks, care and meetings tell the other parts: policies, events, tabs, open items."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from customers import service_policy

EVENTS = {
    "playbook.changed": _("Playbook changed"),
    "playbook.started": _("Playbook started by hand"),
    "playbook.stopped": _("Playbook stopped"),
}


def register() -> None:
    """Make everything of this area known; safe to call again."""
    service_policy.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
