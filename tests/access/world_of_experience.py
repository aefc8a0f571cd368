"""One record of each kind of experience, for the tests of access."""

from typing import Any

from django.utils import timezone

from customers.models import Customer
from service.experience.models import (
    GroupItem,
    GroupMeeting,
    GroupMember,
    Story,
    StoryPick,
    Touchpoint,
)
from service.experience.remarks import Heard, note_remark


def experience_of(
    customer: Customer, people: dict[str, Any], made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before."""
    now, manager = timezone.now(), people["service_manager"]
    today = timezone.localdate(now)
    project = made["unit"].project
    remark = note_remark(
        heard=Heard(project=project, text="车库指示牌看不清"), actor=people["consultant"], now=now
    )
    story = Story.objects.create(title="雨夜送伞", text="好服务", author=people["consultant"])
    StoryPick.objects.create(story=story, month=today.replace(day=1), picked_by=manager)
    point = Touchpoint.objects.create(
        name="前台",
        department="sales",
        node="brand",
        phase="viewing",
        standard="三分钟内接待",
        measure="抽查",
        owner=manager,
    )
    meeting = GroupMeeting.objects.create(held_on=today, topic="例会")
    member = GroupMember.objects.create(person=manager, duty="组长", since=today)
    item = GroupItem.objects.create(
        meeting=meeting, kind="check", title="查前台", owner=manager, due_on=today
    )
    return {
        "remark_id": remark.pk,
        "story_id": story.pk,
        "touchpoint_id": point.pk,
        "group_meeting_id": meeting.pk,
        "group_member_id": member.pk,
        "group_item_id": item.pk,
    }
