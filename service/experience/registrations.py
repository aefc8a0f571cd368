"""What experience tells the other parts: sources, messages, marks, places."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.audit.events import declare
from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import register_entry
from crm_site.common.subjects import Subject, register_subject
from service.experience import choices, nodes, remarks
from service.experience.models import (
    GroupItem,
    GroupMeeting,
    GroupMember,
    Remark,
    Story,
    Touchpoint,
)
from service.experience.stories import stories_for
from service.tickets.hooks import register_ticket_follow_up

VIEW, READ = "service.view_journey", "service.read_stories"
EVENTS = {
    "remark.noted": _("Remark of a customer noted by a colleague"),
    "touchpoint.saved": _("Touchpoint saved"),
    "story.saved": _("Story of good service saved"),
    "story.picked": _("Story of the month picked"),
    "story.used": _("Story used in training"),
    "experience.saved": _("Work of the working group saved"),
}
TONES = {
    "open": ("amber", "ring"),
    "adopted": ("blue", "tick"),
    "done": ("green", "tick"),
    "declined": ("", "cross"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    nodes.register()
    remarks.register()
    register_ticket_follow_up("remarks", remarks.tell_author)
    words = choices.ITEM_STATES
    register_marks("group-item", {key: Mark(*TONES[key], word=word) for key, word in words})
    _register_subjects()
    for key, url, label, order, right in (
        ("experience", "journey", _("Customer experience"), 590, VIEW),
        ("touchpoints", "touchpoint-list", _("Touchpoints"), 591, VIEW),
        ("working-group", "working-group", _("Working group for experience"), 592, VIEW),
        ("stories", "story-list", pgettext_lazy("page", "Stories of good service"), 574, READ),
    ):
        parent = {"experience": "", "stories": "knowledge"}.get(key, "experience")
        register_entry(key, f"service:{url}", label, "star", order, right, parent=parent)


def _register_subjects() -> None:
    register_subject(
        Subject(
            kind="remark",
            model="service.Remark",
            visible_to=lambda user: Remark.objects.filter(author=user),
            title=str,
            url_name="service:remark-detail",
            label=_("Remarks"),
        )
    )
    register_subject(
        Subject(
            kind="story",
            model="service.Story",
            visible_to=lambda user: (
                stories_for(user) if user.has_perm(READ) else Story.objects.none()
            ),
            title=str,
            url_name="service:story-detail",
            label=_("Stories of good service"),
        )
    )
    for kind, model in (
        ("touchpoint", Touchpoint),
        ("group-member", GroupMember),
        ("group-meeting", GroupMeeting),
        ("group-item", GroupItem),
    ):
        register_subject(
            Subject(
                kind=kind,
                model=f"service.{model.__name__}",
                visible_to=_for_viewers(model),
                title=str,
                label=_("Customer experience"),
            )
        )


def _for_viewers(model: Any) -> Any:
    return lambda user: model.objects.all() if user.has_perm(VIEW) else model.objects.none()
