"""Stories of good service with the customer's consent; the working group and its adoption rate."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm_site.staff.models import User
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from service.experience.models import GroupItem, GroupMeeting, GroupMember, Story, StoryLike
from tests.conftest import make_user
from tests.factories import CustomerFactory, UserFactory
from tests.signing_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(org) -> User:
    return make_user(org, "service_manager")


@pytest.fixture
def seller(org) -> User:
    return UserFactory(username="lin", name="林知夏", node=org.team_a)


@pytest.fixture
def owner(seller):
    return CustomerFactory(owner=seller, name="高雅琴")


def consent(owner, *, is_given: bool) -> None:
    record_consent(
        customer=owner,
        purpose=Purpose.PUBLICATION,
        is_given=is_given,
        channel=Channel.PHONE,
        actor=None,
        now=timezone.now(),
    )


@pytest.mark.spec("SVC-107")
def test_a_story_names_a_customer_only_while_the_customer_agrees(
    client, seller, owner, manager
) -> None:
    browser = sign_in(client, seller)
    form = {"title": "雨夜送伞", "text": "小林冒雨把伞送到客户家", "customer": owner.pk}
    assert browser.post("/stories/add/", form).status_code == 422
    consent(owner, is_given=True)
    assert browser.post("/stories/add/", form).status_code == 302
    story = Story.objects.get()
    here = f"/stories/{story.pk}/"
    boss = sign_in(type(client)(), manager)
    assert owner.name in boss.get(here).content.decode()
    assert len(boss.get("/stories/").context["rows"]) == 1
    consent(owner, is_given=False)
    for reader in (browser, boss):
        assert reader.get(here).status_code == 404
        assert reader.get("/stories/").context["rows"] == []
        assert reader.post(f"{here}like/").status_code == 404
    consent(owner, is_given=True)
    assert boss.get(here).status_code == 200


@pytest.mark.spec("SVC-107")
def test_stories_are_liked_picked_and_used_in_training(client, seller, manager, org) -> None:
    browser = sign_in(client, seller)
    for title in ("雨夜送伞", "连夜抢修"):
        form = {"title": title, "text": "同事的好服务"}
        assert browser.post("/stories/add/", form).status_code == 302
    first, second = Story.objects.order_by("pk")
    here = f"/stories/{first.pk}/"
    for expected in (1, 0, 1):  # a second like takes it back
        assert browser.post(f"{here}like/").status_code == 302
        assert StoryLike.objects.filter(story=first).count() == expected
    assert browser.post(f"{here}pick/").status_code == 403
    boss = sign_in(type(client)(), manager)
    boss.post(f"{here}like/")
    assert boss.get(here).context["story"].like_count == 2
    assert [row.pk for row in boss.get("/stories/?order=liked").context["rows"]] == [
        first.pk,
        second.pk,
    ]
    assert boss.post(f"{here}pick/").status_code == 302
    assert boss.post(f"/stories/{second.pk}/pick/").status_code == 409  # one for a month
    assert timezone.localdate().strftime("%Y-%m") in boss.get("/stories/").content.decode()
    use = {"used_on": "2026-06-01", "used_for": "新员工培训"}
    assert boss.post(f"{here}use/", use | {"used_for": ""}).status_code == 422
    assert boss.post(f"{here}use/", use).status_code == 302
    assert "新员工培训" in boss.get(here).content.decode()
    other = sign_in(type(client)(), make_user(org, "marketing"))
    assert other.post(f"{here}edit/", {"title": "改", "text": "改"}).status_code == 403
    edit = {"title": "雨夜送伞与鞋", "text": "同事的好服务"}
    assert browser.post(f"{here}edit/", edit).status_code == 302
    assert "雨夜送伞与鞋" in browser.get("/stories/").content.decode()
    assert sign_in(type(client)(), make_user(org, "auditor")).get("/stories/").status_code == 403


@pytest.mark.spec("SVC-108")
def test_the_adoption_rate_is_counted_from_the_items(client, manager, seller, org) -> None:
    browser = sign_in(client, manager)
    group = "/experience/group/"
    member = {"person": seller.pk, "duty": "销售触点", "since": "2026-01-05"}
    assert browser.post(f"{group}members/add/", member).status_code == 302
    assert browser.post(f"{group}members/add/", member).status_code == 422  # is one already
    row = GroupMember.objects.get()
    gone = member | {"until": "2026-01-01"}
    assert browser.post(f"{group}members/{row.pk}/", gone).status_code == 422
    meeting = {
        "held_on": "2026-05-06",
        "topic": "五月例会",
        "present": [seller.pk],
        "minutes": "记",
    }
    assert browser.post(f"{group}meetings/add/", meeting).status_code == 302
    held = GroupMeeting.objects.get()
    assert list(held.present.all()) == [seller]
    add = f"{group}meetings/{held.pk}/add/"
    item = {"owner": seller.pk, "due_on": "2026-06-01", "title": "加饮水机", "state": "open"}
    for number in range(4):
        data = item | {"kind": "suggestion", "title": f"建议 {number}"}
        assert browser.post(add, data).status_code == 302
    assert browser.post(add, item | {"kind": "check"}).status_code == 302
    assert browser.get(group).context["adoption"]["rate"] is None  # nothing is decided
    for entry, state in zip(
        GroupItem.objects.filter(kind="suggestion"), ("adopted", "done", "declined"), strict=False
    ):
        address = f"{group}items/{entry.pk}/"
        data = item | {"kind": "suggestion", "title": entry.title, "state": state}
        assert browser.post(address, data).status_code == 422  # without what came of it
        assert browser.post(address, data | {"result": "已讨论"}).status_code == 302
    page = browser.get(group)
    assert page.context["adoption"] == {"taken": 2, "decided": 3, "rate": 66.7}
    assert "66.7 %" in page.content.decode()
    taken = browser.get(f"{group}items/?kind=suggestion&state=adopted&state=done")
    decided = browser.get(f"{group}items/?kind=suggestion&state=adopted&state=done&state=declined")
    assert (len(taken.context["rows"]), len(decided.context["rows"])) == (2, 3)
    looker = sign_in(type(client)(), make_user(org, "marketing"))
    assert looker.get(group).status_code == 200
    assert looker.post(add, item).status_code == 403


def test_members_are_of_the_own_region_or_head_office_and_who_stands_stays(
    client, manager, org
) -> None:
    far = UserFactory(name="何远", node=org.team_c)
    above = make_user(org, "head_office")
    browser = sign_in(client, manager)
    add = "/experience/group/members/add/"
    form = {"duty": "成员", "since": "2026-01-05"}
    assert browser.post(add, form | {"person": far.pk}).status_code == 422
    assert far.name not in browser.get(add).content.decode()
    assert browser.post(add, form | {"person": above.pk}).status_code == 302
    standing = GroupMember.objects.create(person=far, duty="成员", since="2026-01-05")
    address = f"/experience/group/members/{standing.pk}/"
    ended = form | {"person": far.pk, "until": "2026-03-01"}
    assert browser.post(address, ended).status_code == 302
    standing.refresh_from_db()
    assert (standing.person, str(standing.until)) == (far, "2026-03-01")


def test_group_and_stories_ask_as_often_for_one_as_for_twenty(client, manager) -> None:
    browser = sign_in(client, manager)
    today = timezone.localdate()
    meeting = GroupMeeting.objects.create(held_on=today, topic="例会")

    def add(number: int) -> None:
        person = UserFactory()
        GroupMember.objects.create(person=person, duty="成员", since=today)
        meeting.present.add(person)
        GroupItem.objects.create(
            meeting=meeting, kind="check", title=f"{number}", owner=person, due_on=today
        )
        story = Story.objects.create(title=f"{number}", text="好", author=person)
        StoryLike.objects.create(story=story, person=person)

    addresses = ("/experience/group/", "/experience/group/items/", "/stories/")
    add(0)
    counts = {}
    for address in addresses:
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        counts[address] = len(asked)
    for number in range(1, 20):
        add(number)
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        assert len(asked) == counts[address], address
