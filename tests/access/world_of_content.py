"""One record of each kind of content, for the tests of access."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers.models import Customer, Project
from marketing.content.models import (
    Advert,
    AdvertProof,
    Asset,
    AssetFile,
    Community,
    CommunityPost,
    CommunityQuestion,
    FeedVersion,
    LiveSession,
    Message,
    OwnerPost,
    PublicFeed,
    PublicStory,
    PublishedAdvert,
)
from marketing.content.services.wording import Wording, write_wording

FILE: dict[str, Any] = {
    "name": "x.pdf",
    "media_type": "application/pdf",
    "size": 5,
    "digest": "0" * 64,
    "content": "JVBERi0=",
}


def content_of(customer: Customer, people: dict[str, Any], _made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    project, keeper = customer.project, people["marketing"]
    assert project is not None
    place = {"project": project, "region_id": project.node.region_id, "created_by": keeper}
    feed = PublicFeed.objects.create(
        project=project, is_open=True, steps="认购", changed_by=keeper, changed_at=timezone.now()
    )
    content = {"project": {"code": project.code, "name": project.name}, "price_list": None}
    FeedVersion.objects.create(
        feed=feed,
        number=1,
        at=timezone.now(),
        digest="0" * 64,
        content=content | {"units": [], "offers": [], "steps": ["认购"]},
    )
    return {
        **_adverts(place, keeper),
        **_told(customer, place),
        **_group(project, place, keeper),
        "live_session_id": LiveSession.objects.create(
            title="云看房",
            kind="project_show",
            platform="douyin",
            starts_at=timezone.now(),
            host=keeper,
            code="live-world",
            **place,
        ).pk,
    }


def _adverts(place: dict[str, Any], keeper: Any) -> dict[str, Any]:
    advert = Advert.objects.create(
        number="GG2026-9001", title="湖畔", medium="press", plan="x", owner=keeper, **place
    )
    words = Wording(text="湖畔生活", facts="现场照片")
    write_wording(advert=advert, wording=words, actor=keeper, now=timezone.now())
    published = PublishedAdvert.objects.create(
        advert=advert,
        project=place["project"],
        region_id=place["region_id"],
        number=advert.number,
        version=1,
        title=advert.title,
        text="x",
        medium="press",
        outlet="晨报",
        size="整版",
        cost=1,
        published_on=timezone.localdate(),
        folded="x",
        tokens=["x"],
        noted_by=keeper,
        noted_at=timezone.now(),
    )
    AdvertProof.objects.create(published=published, **FILE)
    asset = Asset.objects.create(title="样板间", kind="poster", rights="本公司", **place)
    AssetFile.objects.create(asset=asset, **FILE)
    message = Message.objects.create(
        core_value="safe", headline="安心", body="x", policy_version=1, **place
    )
    return {
        "advert_id": advert.pk,
        "published_advert_id": published.pk,
        "asset_id": asset.pk,
        "content_message_id": message.pk,
    }


def _told(customer: Customer, place: dict[str, Any]) -> dict[str, Any]:
    story = PublicStory.objects.create(
        customer=customer, title="新家", text="x", shown_name="王女士", **place
    )
    post = OwnerPost.objects.create(
        customer=customer,
        shown_name="王女士",
        source="app",
        text="入住一年",
        policy_version=1,
        received_at=timezone.now(),
        **place,
    )
    return {"public_story_id": story.pk, "owner_post_id": post.pk}


def _group(project: Project, place: dict[str, Any], keeper: Any) -> dict[str, Any]:
    group = Community.objects.create(
        name="一期业主群", kind="owners", platform="wechat_group", admin=keeper, **place
    )
    post = CommunityPost.objects.create(
        community=group,
        topic="news",
        text="x",
        planned_on=timezone.localdate(),
        policy_version=1,
        created_by=keeper,
    )
    now = timezone.now()
    question = CommunityQuestion.objects.create(
        community=group,
        asker="阿明",
        text="何时交房",
        asked_at=now,
        due_at=now + timedelta(days=1),
        noted_by=keeper,
    )
    return {
        "community_id": group.pk,
        "community_post_id": post.pk,
        "community_question_id": question.pk,
    }


def hidden_content(project: Project, owner: Any) -> dict[str, int]:
    """Return an asset of another place."""
    place = {"project": project, "region_id": project.node.region_id, "created_by": owner}
    return {"asset": Asset.objects.create(title="远处", kind="poster", rights="x", **place).pk}
