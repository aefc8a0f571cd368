"""Groups whose late questions reach the desk, and the public feed (MKT-36, MKT-40)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from customers.pricing.wall import read_wall
from marketing.content.models import Community, CommunityQuestion, FeedVersion
from marketing.content.services.communities import waiting_questions
from marketing.content.tasks import refresh_public_feeds
from service.tickets.models import Ticket
from service.tickets.tasks import take_up_open_questions
from tests.conftest import make_user
from tests.pricing.conftest import director, draft, money_keeper, publish
from tests.purchase.conftest import boss, building, make_units, project

__all__ = ["boss", "building", "director", "draft", "make_units", "money_keeper"]
__all__ += ["project", "publish"]
pytestmark = pytest.mark.django_db
STEPS = "看房\n认购\n签约"


@pytest.fixture
def group(client, org, marketer) -> Community:
    data = {
        "name": "一期业主群",
        "kind": "owners",
        "platform": "wechat_group",
        "project": org.project_one.pk,
        "admin": marketer.pk,
        "member_count": 320,
    }
    assert client.post("/communities/add/", data).status_code == 302
    assert client.post("/communities/add/", data).status_code == 422
    return Community.objects.get()


@pytest.mark.spec("MKT-36")
def test_a_question_nobody_answers_becomes_one_inquiry(client, client_for, org, group) -> None:
    asked = timezone.localtime() - timedelta(hours=25)
    ask = f"/communities/{group.pk}/questions/add/"
    for text, at in (("何时交房", asked), ("车位多少钱", timezone.localtime())):
        data = {"asker": "阿明", "text": text, "mood": "upset"}
        data |= {"asked_at": at.strftime("%Y-%m-%dT%H:%M")}
        assert client.post(ask, data).status_code == 302
    now = timezone.now()
    assert [one.text for one in waiting_questions(now, 10)] == ["何时交房"]
    take_up_open_questions()
    take_up_open_questions()
    ticket = Ticket.objects.get()
    assert (ticket.kind, ticket.body, ticket.project_id) == (
        "inquiry",
        "何时交房",
        org.project_one.pk,
    )
    late = CommunityQuestion.objects.get(text="何时交房")
    assert late.inquiry == ticket.number
    page = client.get(f"/communities/{group.pk}/").content.decode()
    assert ticket.number in page
    young = CommunityQuestion.objects.get(text="车位多少钱")
    answer = f"/communities/questions/{young.pk}/"
    helper = client_for(make_user(org, "specialist"))
    assert helper.post(answer, {"answer": ""}).status_code == 422
    assert helper.post(answer, {"answer": "请看价目表"}).status_code == 302
    assert helper.post(answer, {"answer": "再答"}).status_code == 409
    CommunityQuestion.objects.filter(pk=young.pk).update(
        asked_at=asked - timedelta(days=2), due_at=asked
    )
    take_up_open_questions()
    assert Ticket.objects.count() == 1


def test_posts_of_a_group_are_planned_scanned_and_noted(client, group) -> None:
    plan = f"/communities/{group.pk}/posts/add/"
    data = {"topic": "news", "planned_on": timezone.localdate().isoformat()}
    assert client.post(plan, data | {"text": "全城最佳"}).status_code == 422
    assert client.post(plan, data | {"text": "园林本周铺草"}).status_code == 302
    post = group.posts.get()
    assert client.post(f"/communities/posts/{post.pk}/", {"reactions": 18}).status_code == 302
    post.refresh_from_db()
    assert (post.reactions, post.posted_at is not None) == (18, True)


@pytest.mark.spec("MKT-40")
def test_a_price_change_stands_in_the_public_feed_after_the_next_run(
    client, client_for, project, make_units, publish, now
) -> None:
    make_units(2)
    publish(20_000)
    public = Client()
    url = f"/feed/{project.code}/feed.json"
    assert public.get(url).status_code == 404  # not open yet
    edit = f"/content/feeds/{project.pk}/edit/"
    assert client.post(edit, {"is_open": "on", "steps": ""}).status_code == 422
    assert client.post(edit, {"is_open": "on", "steps": STEPS}).status_code == 302
    first = public.get(url)
    said = first.json()
    assert said["version"] == 1
    assert said["steps"] == ["看房", "认购", "签约"]
    assert {row["unit_price"] for row in said["units"]} == {"20000.00"}
    assert public.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304
    refresh_public_feeds()
    assert FeedVersion.objects.count() == 1  # nothing changed, nothing written
    changed = publish(19_000, at=timezone.now() - timedelta(seconds=1))
    refresh_public_feeds()
    refresh_public_feeds()
    after = public.get(url).json()
    assert (after["version"], after["price_list"]) == (2, changed.number)
    assert {row["unit_price"] for row in after["units"]} == {"19000.00"}
    log = FeedVersion.objects.get(number=2)
    prices = [one for one in log.changes if one["field"] == "unit_price"]
    assert [(one["before"], one["after"]) for one in prices] == [("20000.00", "19000.00")] * 2
    wall = {row.name: str(row.unit_price) for row in read_wall(project, now=timezone.now()).rows}
    assert {row["unit"]: row["unit_price"] for row in after["units"]} == wall
    assert "19000.00" in public.get(f"/feed/{project.code}/").content.decode()
    assert "19000.00" in client.get(f"/content/feeds/{project.pk}/").content.decode()
    with pytest.raises((DatabaseError, PermissionError)), transaction.atomic():
        FeedVersion.objects.all().delete()
