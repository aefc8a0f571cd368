"""Each list of content asks as few questions for twenty rows as for one."""

from datetime import timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from marketing.content.services.assets import AssetDraft, save_asset
from marketing.content.services.communities import CommunityDraft, save_community
from marketing.content.services.sessions import SessionDraft, save_session
from marketing.content.services.stories import PostDraft, StoryDraft, save_story, take_post
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


def _asset(n: int, place: dict[str, Any], given: dict[str, Any]) -> None:
    draft = AssetDraft(
        title=f"航拍 {n}", kind="video", rights="本公司", link="https://example.com/a", **place
    )
    save_asset(asset=None, draft=draft, **given)


def _story(n: int, place: dict[str, Any], given: dict[str, Any]) -> None:
    person = CustomerFactory(project=place["project"])
    draft = StoryDraft(customer=person, title=f"故事 {n}", text="湖边", shown_name="业主", **place)
    save_story(story=None, draft=draft, **given)


def _post(n: int, place: dict[str, Any], given: dict[str, Any]) -> None:
    person = CustomerFactory(project=place["project"])
    draft = PostDraft(shown_name=f"业主 {n}", source="app", text="花开", customer=person, **place)
    take_post(draft=draft, **given)


def _session(n: int, place: dict[str, Any], given: dict[str, Any]) -> None:
    draft = SessionDraft(
        title=f"直播 {n}",
        kind="project_show",
        platform="douyin",
        starts_at=given["now"] + timedelta(days=n + 1),
        host=given["actor"],
        code=f"live-{n}",
        script="样板间",
        **place,
    )
    save_session(session=None, draft=draft, **given)


def _community(n: int, place: dict[str, Any], given: dict[str, Any]) -> None:
    draft = CommunityDraft(
        name=f"群 {n}",
        kind="owners",
        platform="wechat_group",
        admin=given["actor"],
        member_count=10,
        **place,
    )
    save_community(community=None, draft=draft, **given)


@pytest.mark.parametrize(
    ("path", "make"),
    [
        ("/content/assets/", _asset),
        ("/content/stories/", _story),
        ("/content/posts/", _post),
        ("/content/sessions/", _session),
        ("/communities/", _community),
    ],
    ids=["assets", "stories", "posts", "sessions", "communities"],
)
def test_twenty_rows_ask_no_more_than_one(
    client, org, marketer, moment, path, make, django_assert_max_num_queries
) -> None:
    place, given = {"project": org.project_one}, {"actor": marketer, "now": moment}
    make(0, place, given)
    client.get(path)
    with django_assert_max_num_queries(40) as one:
        assert len(client.get(path).context["rows"]) == 1
    few = len(one)
    for n in range(1, 20):
        make(n, place, given)
    with django_assert_max_num_queries(few + 1):
        assert len(client.get(path).context["rows"]) == 20


def test_the_public_reads_the_states_of_units_in_words() -> None:
    change = {"kind": "unit", "name": "1-101", "field": "state"}
    lines = [change | {"before": "available", "after": "sold"}]
    with translation.override("en"):
        page = render_to_string(
            "marketing/content/_feed_changes.html", {"version": {"changes": lines}}
        )
    assert "Available → Sold" in " ".join(page.split())
