"""The references of content: part of the table of references."""

from collections.abc import Callable
from typing import Any

from tests.access.cases import Case, in_days
from tests.access.conftest import World

Body = Callable[[World], dict[str, Any]]


def _advert(world: World) -> dict[str, Any]:
    keeper = world.people["marketing"].pk
    return {"title": "x", "medium": "press", "plan": "x", "owner": keeper}


def _wording(_world: World) -> dict[str, Any]:
    return {"text": "x", "facts": "x"}


def _asset(_world: World) -> dict[str, Any]:
    link = "https://example.com/film"
    return {"title": "x", "kind": "video", "rights": "x", "link": link}


def _message(_world: World) -> dict[str, Any]:
    return {"core_value": "convenient", "headline": "x", "body": "x"}


def _story(world: World) -> dict[str, Any]:
    return {"customer": world.customer.pk, "shown_name": "x", "title": "x", "text": "x"}


def _post(_world: World) -> dict[str, Any]:
    return {"shown_name": "x", "source": "app", "text": "x"}


def _session(world: World) -> dict[str, Any]:
    said = {"title": "x", "kind": "project_show", "platform": "douyin", "code": "another"}
    keeper = world.people["marketing"].pk
    return said | {"starts_at": in_days(3).strftime("%Y-%m-%dT%H:%M"), "host": keeper}


def _group(world: World) -> dict[str, Any]:
    own = {"admin": world.people["marketing"].pk, "project": world.project.pk}
    return {"name": "x", "kind": "owners", "platform": "qq_group", "member_count": "1"} | own


def _question(_world: World) -> dict[str, Any]:
    asked = in_days(-1).strftime("%Y-%m-%dT%H:%M")
    return {"asker": "x", "text": "x", "mood": "even", "asked_at": asked}


def _case(path: str, name: str, of: str, body: Body) -> Case:
    return Case("marketing", path, name, of, body)


GROUP = "/communities/{community_id}/"
ROWS: tuple[tuple[str, str, tuple[tuple[str, str], ...], Body], ...] = (
    ("AdvertForm", "/adverts/add/", (("project", "project"), ("owner", "person")), _advert),
    ("WordingForm", "/adverts/{advert_id}/text/", (("asset", "asset"),), _wording),
    ("AssetForm", "/content/assets/add/", (("project", "project"),), _asset),
    (
        "ContentMessageForm",
        "/content/messages/add/",
        (("project", "project"), ("asset", "asset")),
        _message,
    ),
    (
        "PublicStoryForm",
        "/content/stories/add/",
        (("customer", "customer"), ("project", "project"), ("asset", "asset")),
        _story,
    ),
    (
        "OwnerPostForm",
        "/content/posts/add/",
        (("customer", "customer"), ("project", "project")),
        _post,
    ),
    (
        "LiveSessionForm",
        "/content/sessions/add/",
        (("project", "project"), ("host", "person")),
        _session,
    ),
    ("CommunityForm", "/communities/add/", (("project", "project"), ("admin", "person")), _group),
    ("CommunityQuestionForm", f"{GROUP}questions/add/", (("customer", "customer"),), _question),
    ("CommunityMemberForm", f"{GROUP}members/add/", (("customer", "customer"),), lambda _world: {}),
)
CONTENT_CASES: dict[str, Case] = {
    f"{form}.{name}": _case(path, name, of, body)
    for form, path, names, body in ROWS
    for name, of in names
}
