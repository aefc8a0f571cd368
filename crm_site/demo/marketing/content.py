"""Assets, adverts at each step, messages, stories, posts, sessions, groups and a public feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.common.files import Taken
from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.rules.axes import Channel
from customers.rules.consent import Purpose
from customers.services.consents import record_consent
from marketing.content.models import Advert, Asset
from marketing.content.services.adverts import AdvertDraft, ask_review, plan_advert, release
from marketing.content.services.assets import AssetDraft, MessageDraft, save_asset, save_message
from marketing.content.services.communities import (
    CommunityDraft,
    QuestionDraft,
    answer_question,
    note_question,
    plan_post,
    save_community,
)
from marketing.content.services.feeds import set_feed
from marketing.content.services.publishing import Appearance, note_publication
from marketing.content.services.sessions import (
    SessionDraft,
    SessionResult,
    ask_script,
    note_held,
    save_session,
)
from marketing.content.services.stories import (
    PostDraft,
    StoryDraft,
    accept_post,
    publish_story,
    save_story,
    take_post,
)
from marketing.content.services.wording import ClaimDraft, Wording, write_wording

SIGNERS: Final = ("channel", "engineering", "head_office", "service_manager", "executive")
PAPER: Final = Taken("proof.pdf", "application/pdf", b"%PDF-1.4\n%%EOF\n")
STEPS: Final = "看房\n认购\n签约\n按揭\n交房"  # han: steps of buying
GREEN: Final = ClaimDraft("planning", "绿化率35%", "建设工程规划许可证")  # han: a claim
CLEAN: Final = "湖畔公园旁的家，建筑面积约89㎡三房，绿化率35%。"  # han: an advert
BANNED: Final = "全城最佳人居，距地铁5分钟直达，稳赚不赔。"  # han: an advert that does not pass
VALUES: Final = (
    ("liveable", "推窗见湖", "三代同堂，各有一隅。"),  # han: a message
    ("safe", "夜归有灯", "人车分流，管家值守。"),  # han: a message
    ("convenient", "下楼即生活", "社区商业与公园步行可到。"),  # han: a message
)


OURS: Final = "本公司"  # han: who holds the rights


@dataclass(frozen=True, slots=True)
class _Cast:
    keeper: User
    signers: tuple[User, ...]
    project: Project


def make_content(projects: Sequence[Project], *, now: datetime) -> None:
    """Let marketing write, review and publish for the first project; again makes nothing."""
    names = ("marketing", *SIGNERS)
    found = User.objects.select_related("node").in_bulk(names, field_name="username")
    if len(found) < len(names) or not projects or Advert.objects.exists():
        return
    project = Project.objects.select_related("node").get(pk=projects[0].pk)
    design = User(
        username="design.lu", name="陆一鸣", role="engineering", node=project.node
    )  # han: a name
    design.set_unusable_password()
    design.save()
    signers = (*(found[name] for name in SIGNERS), design)
    cast = _Cast(found["marketing"], signers, project)
    asset = _assets(cast, now)
    _adverts(cast, asset, now)
    _told(cast, asset, now)
    _sessions(cast, now)
    _groups(cast, now)
    set_feed(project=project, is_open=True, steps=STEPS, actor=cast.keeper, now=now)


def _assets(cast: _Cast, now: datetime) -> Asset:
    film = AssetDraft(
        title="湖畔航拍",  # han: a film
        kind="video",
        core_value="liveable",
        link="https://example.com/lake",
        project=cast.project,
        rights=OURS,
    )
    asset = save_asset(asset=None, draft=film, actor=cast.keeper, now=now)
    for value, headline, body in VALUES:
        said = MessageDraft(core_value=value, headline=headline, body=body, project=cast.project)
        save_message(message=None, draft=said, actor=cast.keeper, now=now)
    return asset


def _adverts(cast: _Cast, asset: Asset, now: datetime) -> None:
    then = now - timedelta(days=30)
    row = _advert(cast, "湖畔形象整版", CLEAN, then)  # han: a title
    _sign(ask_review(advert=row, actor=cast.keeper, now=then), cast.signers, then)
    release(advert=row, actor=cast.keeper, now=then)
    seen = Appearance(
        published_on=timezone.localdate(then),
        outlet="都市晨报 A5",  # han: a paper
        size="整版",  # han: a size
        cost=Decimal(86_000),
        proof=PAPER,
    )
    note_publication(advert=row, appearance=seen, actor=cast.keeper, now=now)
    waiting = _advert(cast, "样板间开放海报", CLEAN, now)  # han: a title
    _sign(ask_review(advert=waiting, actor=cast.keeper, now=now), cast.signers[:2], now)
    _advert(cast, "加推预告", BANNED, now)  # han: a title


def _advert(cast: _Cast, title: str, text: str, now: datetime) -> Advert:
    draft = AdvertDraft(
        title=title,
        medium="press",
        plan="首开形象，面向改善家庭",  # han: a plan
        owner=cast.keeper,
        project=cast.project,
    )
    row = plan_advert(draft=draft, actor=cast.keeper, now=now)
    claims = (GREEN,) if text == CLEAN else ()
    wording = Wording(text=text, facts="规划许可证", claims=claims)  # han: facts
    write_wording(advert=row, wording=wording, actor=cast.keeper, now=now)
    row.refresh_from_db()
    return row


def _sign(approval: Approval, signers: Sequence[User], now: datetime) -> None:
    for person in signers:
        sign(approval_id=approval.pk, digest=approval.digest, signer=person, now=now)


def _told(cast: _Cast, asset: Asset, now: datetime) -> None:
    owners = Customer.objects.filter(project=cast.project, merged_into=None).order_by("pk")[:3]
    for place, owner in enumerate(owners):
        said = PostDraft(
            shown_name=f"业主 {place + 1}",  # han: a name as shown
            source="app",
            text="搬进来第一个春天，院子里的樱花开了。",  # han: a post
            project=cast.project,
            customer=owner,
            may_reuse=True,
        )
        post = take_post(draft=said, actor=cast.keeper, now=now)
        if place:
            accept_post(post=post, actor=cast.keeper, now=now)
    teller = owners.first()
    if teller is None:
        return
    record_consent(
        customer=teller,
        purpose=Purpose.PUBLICATION,
        is_given=True,
        channel=Channel.PHONE,
        actor=cast.keeper,
        now=now,
    )
    today = timezone.localdate(now)
    draft = StoryDraft(
        customer=teller,
        title="从租房到湖畔",  # han: a title
        text="孩子有了自己的房间，周末在湖边骑车。",  # han: a story
        shown_name="一位业主",  # han: a name as shown
        project=cast.project,
        asset=asset,
        consent_from=today,
        consent_until=today + timedelta(days=365),
        consent_proof="授权书 2026-3",  # han: where it is kept
    )
    story = save_story(story=None, draft=draft, actor=cast.keeper, now=now)
    publish_story(story=story, actor=cast.keeper, now=now)


def _sessions(cast: _Cast, now: datetime) -> None:
    for days, code in ((-7, "live-lake"), (5, "live-next")):
        draft = SessionDraft(
            title="云看湖畔",  # han: a title
            kind="project_show",
            platform="douyin",
            starts_at=now + timedelta(days=days),
            host=cast.keeper,
            code=code,
            script="带大家看样板间，介绍户型与园林。",  # han: a script
            project=cast.project,
        )
        row = save_session(session=None, draft=draft, actor=cast.keeper, now=now)
        if days < 0:
            legal = next(one for one in cast.signers if one.username == "head_office")
            chief = next(one for one in cast.signers if one.username == "executive")
            _sign(ask_script(session=row, actor=cast.keeper, now=now), (legal, chief), now)
            result = SessionResult(viewers=5200, interactions=340, cost=Decimal(3000))
            note_held(session=row, result=result, actor=cast.keeper, now=now)


def _groups(cast: _Cast, now: datetime) -> None:
    draft = CommunityDraft(
        name="一期业主群",  # han: a group
        kind="owners",
        platform="wecom_group",
        admin=cast.keeper,
        project=cast.project,
        member_count=320,
    )
    group = save_community(community=None, draft=draft, actor=cast.keeper, now=now)
    plan_post(
        community=group,
        topic="news",
        text="园林本周铺草，周六开放参观。",  # han: a post
        planned_on=timezone.localdate(now),
        actor=cast.keeper,
        now=now,
    )
    for hours, text in ((30, "车位什么时候选？"), (2, "交房前能看房吗？")):  # han: questions
        asked = QuestionDraft(
            text=text, asker="阿明", asked_at=now - timedelta(hours=hours)
        )  # han: a name
        row = note_question(community=group, draft=asked, actor=cast.keeper, now=now)
        if hours < 24:
            words = "可以预约，管家会联系您。"  # han: an answer
            answer_question(question=row, answer=words, actor=cast.keeper, now=now)
