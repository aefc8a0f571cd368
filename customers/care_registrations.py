"""What playbooks, care and meetings tell the other parts: policies, events, tabs, open items."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from crm_site.outbox.kinds import MessageKind, declare_message
from customers import choices, service_policy
from customers.clock_messages import shown
from customers.models import Meeting, Playbook, UpkeepPlan
from customers.open_items import register_open_items
from customers.record_tabs import RecordTab, register_tab
from customers.selectors import care
from customers.services.upkeep import MISSED

EVENTS = {
    "playbook.changed": _("Playbook changed"),
    "playbook.started": _("Playbook started by hand"),
    "playbook.stopped": _("Playbook stopped"),
    "meeting.held": _("Meeting held"),
    "meeting.cancelled": _("Meeting called off"),
    "upkeep.changed": _("Upkeep plan changed"),
}
MEETING_TONES = {
    "planned": ("blue", "ring"),
    "held": ("green", "tick"),
    "missed": ("red", "tri"),
    "cancelled": ("", "cross"),
}


def register() -> None:
    """Make everything of this area known; safe to call again."""
    service_policy.register()
    for kind, label in EVENTS.items():
        declare(kind, label)
    _subjects()
    _places()
    declare_message(
        MessageKind(
            key=MISSED,
            label=_("Visits missed"),
            title=_("Visit missed: %(title)s"),
            body=_("It was planned for %(due)s. Responsible: %(owner)s."),
            icon="calendar",
            tone="red",
            show=shown,
        )
    )
    register_tab(RecordTab("plans", "customers:plans", pgettext_lazy("tab", "Plans"), 30))
    register_open_items("tasks", care.open_tasks)
    register_open_items("clocks", care.open_clocks)
    register_open_items("meetings", care.open_meetings)


def _subjects() -> None:
    register_subject(
        Subject(
            kind="meeting",
            model="customers.Meeting",
            visible_to=lambda user: Meeting.objects.visible_to(user),
            title=str,
            url_name="customers:meeting-detail",
        )
    )
    register_subject(
        Subject(
            kind="playbook",
            model="customers.Playbook",
            visible_to=lambda user: (
                Playbook.objects.all()
                if user.has_perm("customers.edit_playbooks")
                else Playbook.objects.none()
            ),
            title=str,
            url_name="customers:playbook-edit",
        )
    )
    register_subject(
        Subject(
            kind="upkeep",
            model="customers.UpkeepPlan",
            visible_to=lambda user: UpkeepPlan.objects.filter(person=user.pk),
            title=str,
            url_name="customers:upkeep-edit",
        )
    )


def _places() -> None:
    work, plan = "customers.work_tasks", "customers.plan_meetings"
    register_entry("tasks", "customers:task-list", _("Tasks"), "check", 12, work)
    register_entry(
        "meetings",
        "customers:meeting-list",
        _("Meetings and visits"),
        "calendar",
        14,
        "customers.view_customer",
    )
    register_entry(
        "upkeep", "customers:upkeep-list", _("Upkeep"), "home", 16, plan, parent="meetings"
    )
    register_entry(
        "playbooks",
        "customers:playbook-list",
        _("Playbooks"),
        "layers",
        640,
        "customers.edit_playbooks",
    )
    register_marks(
        "meeting",
        {value: Mark(*MEETING_TONES[value], word=word) for value, word in choices.MEETING_STATES},
    )
