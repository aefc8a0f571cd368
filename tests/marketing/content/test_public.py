"""Stories with consent, posts of owners, assets by segment, live sessions (MKT-23, 26, 34, 35)."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from marketing.campaigns.hooks import forget, register_segment_source
from marketing.content import hooks
from marketing.content.models import LiveSession, Message, OwnerPost, PublicStory
from marketing.content.tasks import end_lapsed_stories
from tests.conftest import make_user
from tests.factories import CustomerFactory, LeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(org):
    owner = make_user(org, "consultant")
    return CustomerFactory(owner=owner)


def agree(customer, actor, now, *, is_given=True) -> None:
    record_consent(
        customer=customer,
        purpose=Purpose.PUBLICATION,
        is_given=is_given,
        channel=Channel.PHONE,
        actor=actor,
        now=now,
    )


@pytest.mark.spec("MKT-26")
def test_a_story_is_public_only_with_its_consent_and_only_as_long(
    client, client_for, customer, org, marketer, moment
) -> None:
    today = timezone.localdate()
    data = {
        "customer": customer.pk,
        "shown_name": "王女士",
        "title": "搬进新家",
        "text": "孩子有了自己的房间",
        "project": org.project_one.pk,
    }
    assert client.post("/content/stories/add/", data).status_code == 302
    story = PublicStory.objects.get()
    publish = f"/content/stories/{story.pk}/publish/"
    assert client.post(publish, {}).status_code == 409  # no consent to this story
    dates = {"consent_from": today.isoformat(), "consent_proof": "档案 2026-3"}
    until = {"consent_until": (today + timedelta(days=30)).isoformat()}
    late = {"consent_until": (today + timedelta(days=5000)).isoformat()}
    edit = f"/content/stories/{story.pk}/edit/"
    assert client.post(edit, data | dates | late).status_code == 422
    assert client.post(edit, data | dates | until).status_code == 302
    assert client.post(publish, {}).status_code == 409  # the customer has not agreed
    agree(customer, marketer, moment)
    reader = client_for(make_user(org, "supervisor"))
    url = f"/content/stories/{story.pk}/"
    assert reader.get(url).status_code == 404
    assert client.post(publish, {}).status_code == 302
    assert reader.get(url).status_code == 200
    with pytest.raises(DatabaseError), transaction.atomic():
        PublicStory.objects.filter(pk=story.pk).update(consent_until=None)
    end_lapsed_stories()
    story.refresh_from_db()
    assert story.state == "published"
    agree(customer, marketer, timezone.now(), is_given=False)
    end_lapsed_stories()
    end_lapsed_stories()
    story.refresh_from_db()
    assert story.state == "ended"
    assert reader.get(url).status_code == 404


def test_a_consent_that_ran_out_takes_the_story_down(customer, org, marketer, moment) -> None:
    agree(customer, marketer, moment)
    today = timezone.localdate()
    story = PublicStory.objects.create(
        customer=customer,
        project=org.project_one,
        title="x",
        text="x",
        shown_name="x",
        state="published",
        consent_from=today - timedelta(days=60),
        consent_until=today - timedelta(days=1),
        consent_proof="x",
        created_by=marketer,
    )
    assert not PublicStory.objects.standing(on=today).exists()
    end_lapsed_stories()
    story.refresh_from_db()
    assert story.state == "ended"


def test_a_post_is_seen_once_it_is_accepted_and_earns_its_points_once(
    client, client_for, customer, org
) -> None:
    earned: list[tuple[int, int]] = []
    hooks.register_post_reward("test", lambda post, points, _now: earned.append((post.pk, points)))
    try:
        data = {"shown_name": "阿明", "source": "app", "text": "入住一年", "customer": customer.pk}
        data |= {"project": org.project_one.pk}
        assert client.post("/content/posts/add/", data).status_code == 302
        post = OwnerPost.objects.get()
        reader = client_for(make_user(org, "supervisor"))
        assert "入住一年" not in reader.get("/content/posts/wall/").content.decode()
        assert reader.get(f"/content/posts/{post.pk}/").status_code == 403
        accept = f"/content/posts/{post.pk}/accept/"
        assert client.post(accept, {}).status_code == 302
        assert client.post(accept, {}).status_code == 409
        assert "入住一年" in reader.get("/content/posts/wall/").content.decode()
        assert earned == [(post.pk, 50)]
        assert client.post(f"/content/posts/{post.pk}/reuse/", {"reason": "x"}).status_code == 409
        gone = client.post(f"/content/posts/{post.pk}/withdraw/", {"reason": "业主要求"})
        assert gone.status_code == 302
        assert "入住一年" not in reader.get("/content/posts/wall/").content.decode()
        assert earned == [(post.pk, 50), (post.pk, -50)]
    finally:
        hooks.forget("test")


@pytest.mark.spec("MKT-23")
def test_the_preview_chooses_the_message_of_the_segment(client, org, marketer) -> None:
    register_segment_source("test", lambda _user: [(7, "改善家庭")])
    try:
        base = {"core_value": "liveable", "project": org.project_one.pk}
        for segment, headline in (("", "宜居之城"), ("7", "三代同堂的家")):
            said = base | {"segment_id": segment, "headline": headline, "body": "安静的院子"}
            assert client.post("/content/messages/add/", said).status_code == 302
        again = base | {"segment_id": "7", "headline": "x", "body": "x"}
        assert client.post("/content/messages/add/", again).status_code == 422
        here = f"/content/messages/?project={org.project_one.code}"
        chosen = dict(client.get(here).context["lines"])
        assert [one.headline for one in chosen.values() if one] == ["宜居之城"]
        chosen = dict(client.get(f"{here}&segment=7").context["lines"])
        assert [one.headline for one in chosen.values() if one] == ["三代同堂的家"]
        assert len(chosen) == 4
    finally:
        forget("test")


def test_a_message_about_value_waits_for_its_signature(client, org, marketer, moment) -> None:
    payer = make_user(org, "finance")
    said = {"core_value": "appreciation", "project": org.project_one.pk, "headline": "城市向东"}
    banned = client.post("/content/messages/add/", said | {"body": "稳赚不赔"})
    assert banned.status_code == 422
    assert client.post("/content/messages/add/", said | {"body": "配套成熟"}).status_code == 302
    row = Message.objects.get()
    assert row.state == "waiting"
    approval = Approval.objects.get()
    sign(approval_id=approval.pk, digest=approval.digest, signer=payer, now=moment)
    row.refresh_from_db()
    assert row.state == "ready"


@pytest.mark.spec("MKT-35")
def test_a_session_is_held_with_a_signed_script_and_its_report_links_leads_by_code(
    client, org, marketer, reviewers, customer, moment
) -> None:
    start = timezone.localtime() - timedelta(hours=2)
    data = {
        "title": "云看湖畔",
        "kind": "project_show",
        "platform": "douyin",
        "project": org.project_one.pk,
        "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
        "host": marketer.pk,
        "code": "live-0520",
        "script": "全城最佳人居",
    }
    assert client.post("/content/sessions/add/", data).status_code == 302
    row = LiveSession.objects.get()
    url = f"/content/sessions/{row.pk}/"
    assert client.post(f"{url}ask/", {}).status_code == 409  # banned words
    assert client.post(f"{url}edit/", data | {"script": "带大家看样板间"}).status_code == 302
    held = {"viewers": 5200, "interactions": 340, "cost": "3000"}
    assert client.post(f"{url}held/", held).status_code == 409  # nobody signed
    assert client.post(f"{url}ask/", {}).status_code == 302
    approval = Approval.objects.get()
    for name in ("legal", "final"):
        sign(approval_id=approval.pk, digest=approval.digest, signer=reviewers[name], now=moment)
    assert client.post(f"{url}held/", held).status_code == 302
    LeadFactory(customer=customer, project=org.project_one, campaign="live-0520")
    LeadFactory(customer=customer, project=org.project_one, campaign="another")
    answer = client.get(url)
    assert answer.context["counts"] == {"leads": 1, "visits": 0, "deals": 0}
    assert customer.name in answer.content.decode()
    assert client.post(f"{url}edit/", data).status_code == 409
