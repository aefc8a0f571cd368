"""The references of experience; part of the table of references."""

from typing import Any

from tests.access.cases import Case, in_days
from tests.access.conftest import World


def said(_world: World) -> dict[str, Any]:
    return {"text": "车库太暗", "kind": "suggestion"}


def touched(_world: World) -> dict[str, Any]:
    words = {"name": "样板间", "measure": "抽查", "standard": "灯全开"}
    return {**words, "department": "sales", "node": "brand", "phase": "viewing", "is_active": "on"}


def told(_world: World) -> dict[str, Any]:
    return {"title": "雨夜送伞", "text": "好服务"}


def joined(_world: World) -> dict[str, Any]:
    return {"duty": "组员", "since": f"{in_days(0):%Y-%m-%d}"}


def held(_world: World) -> dict[str, Any]:
    return {"held_on": f"{in_days(0):%Y-%m-%d}", "topic": "例会"}


def item(_world: World) -> dict[str, Any]:
    due = f"{in_days(9):%Y-%m-%d}"
    return {"kind": "check", "title": "查灯", "due_on": due, "state": "open"}


STORY, GROUP = "/stories/add/", "/experience/group/"
TOUCHPOINT = "/experience/touchpoints/add/"
EXPERIENCE_CASES: dict[str, Case] = {
    "RemarkForm.project": Case("consultant", "/remarks/add/", "project", "project", said),
    "TouchpointForm.owner": Case("service_manager", TOUCHPOINT, "owner", "person", touched),
    "StoryForm.project": Case("consultant", STORY, "project", "project", told),
    "StoryForm.customer": Case("consultant", STORY, "customer", "customer", told),
    "MemberForm.person": Case(
        "service_manager", f"{GROUP}members/add/", "person", "person", joined
    ),
    "MeetingForm.present": Case(
        "service_manager", f"{GROUP}meetings/add/", "present", "person", held, many=True
    ),
    "ItemForm.owner": Case(
        "service_manager",
        f"{GROUP}meetings/{{group_meeting_id}}/add/",
        "owner",
        "person",
        item,
    ),
}
