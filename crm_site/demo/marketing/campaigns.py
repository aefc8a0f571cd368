"""Budgets, campaigns at every step of their way, publicity, cost and a marketing plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from crm_site.approvals.models import Approval
from crm_site.approvals.services import sign
from crm_site.demo.marketing.told import TOLD, Told
from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from crm_site.staff.models import User
from customers.models import Project
from marketing.campaigns.checks import EXECUTABILITY, PRINCIPLES
from marketing.campaigns.models import (
    BudgetNode,
    Campaign,
    CampaignReview,
    CostItem,
    LoopItem,
)
from marketing.campaigns.rules.states import BudgetKind
from marketing.campaigns.services.approving import ask_approval
from marketing.campaigns.services.budgets import NewNode, set_budget
from marketing.campaigns.services.costs import Charge, CostDraft, allocate, pay, request_cost
from marketing.campaigns.services.planning import (
    CampaignDraft,
    PlacementDraft,
    add_campaign,
    place,
    set_channels,
)
from marketing.campaigns.services.procedure import Brief, advance, open_case
from marketing.campaigns.services.running import end, launch, note_loop, review

COMPANY: Final = Decimal(12_000_000)
PER_PROJECT: Final = Decimal(3_000_000)
YES: Final = {f"q{number}": "yes" for number in range(1, 5)}


SHOWN: Final = (
    ("short_video", "湖景航拍三十秒", "peak"),
    ("social", "公众号户型专题", "peak"),
    ("billboard", "环线大牌：湖光在侧", "peak"),
    ("press", "开盘倒计时整版", "pre_launch"),
)
SAID: Final = (
    ("message", "湖畔示范区周末开放"),
    ("feedback", "停车位少，排队二十分钟"),
    ("adjustment", "加开地铁口接驳车"),
)


@dataclass(frozen=True, slots=True)
class People:
    """Who plans, signs and pays in the region."""

    marketing: User
    executive: User
    head_office: User
    finance: User


def make_campaigns(projects: Sequence[Project], *, now: datetime) -> None:
    """Let the region plan, run and review campaigns within its budgets."""
    names = ("marketing", "executive", "head_office", "finance")
    found = User.objects.select_related("node").in_bulk(names, field_name="username")
    if len(found) < len(names) or not projects or Campaign.objects.exists():
        return
    people = People(**found)
    today = timezone.localdate(now)
    own = projects[0]
    for year in sorted({today.year, (today + timedelta(days=TOLD[0].days[0])).year}):
        _budgets(projects[:2], year, people, now)
    for told in TOLD:
        _campaign(told, own, people, now)
    _unallocated(people, now)
    _plan(own, people, now)


def _budgets(projects: Sequence[Project], year: int, people: People, now: datetime) -> None:
    new = NewNode(kind=BudgetKind.COMPANY, amount=COMPANY, year=year)
    company = set_budget(new=new, actor=people.head_office, now=now)
    for project in projects:
        below = NewNode(
            kind=BudgetKind.PROJECT, parent=company, amount=PER_PROJECT, project=project
        )
        set_budget(new=below, actor=people.head_office, now=now)


def _campaign(told: Told, project: Project, people: People, now: datetime) -> None:
    today = timezone.localdate(now)
    first, last = (today + timedelta(days=days) for days in told.days)
    begun = now + timedelta(days=told.days[0])
    planned = min(begun - timedelta(days=10), now)
    actor = people.marketing
    names = ("expected_exposure", "expected_leads", "expected_visits", "expected_deals")
    expected: dict[str, Any] = dict(zip(names, told.expected, strict=True))
    draft = CampaignDraft(
        code=told.code,
        name=told.name,
        kind=told.kind,
        phase=told.phase,
        starts_on=first,
        ends_on=last,
        owner=actor,
        project=project,
        aim=told.aim,
        message=told.name,
        is_unplanned=bool(told.ordered_by),
        ordered_by=told.ordered_by,
        budget=Decimal(told.budget),
        **expected,
    )
    row = add_campaign(draft=draft, actor=actor, now=planned)
    shares = {code: Decimal(share) for code, share in told.mix.items()}
    set_channels(campaign=row, shares=shares, actor=actor, now=planned)
    _show(row, actor, planned)
    if told.until == "draft":
        return
    _fill_in(row, EXECUTABILITY, actor, planned)
    _sign(ask_approval(campaign=row, actor=actor, now=planned), people, planned)
    row.refresh_from_db()
    if told.until == "approved":
        return
    _fill_in(row, PRINCIPLES, actor, begun)
    row = launch(campaign=row, actor=actor, now=begun)
    _spend(row, told, people, begun)
    for number, (kind, text) in enumerate(SAID):
        item = LoopItem(kind=kind, text=text, at=begun + timedelta(days=2 * number))
        note_loop(campaign=row, item=item, actor=actor, now=begun + timedelta(days=7))
    if told.until == "running":
        return
    over = now + timedelta(days=told.days[1] + 1)
    row = end(campaign=row, actor=None, now=over)
    if told.until == "reviewed":
        judged = CampaignReview(
            judgement="目标基本达成，周末到访集中。", lessons="提前一周预约分流。"
        )
        review(campaign=row, judged=judged, actor=actor, now=over + timedelta(days=3))


def _fill_in(row: Campaign, key: str, actor: User, now: datetime) -> None:
    form = ensure_default(key)
    sheet = begin_sheet(questionnaire=form, subject_id=row.pk, author=actor, now=now)
    save_sheet(sheet=sheet, filled=Filled(answers=YES), complete=True, actor=actor, now=now)


def _sign(approval: Approval, people: People, now: datetime) -> None:
    for signer in (people.executive, people.head_office)[: len(approval.steps)]:
        sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=now)


def _show(row: Campaign, actor: User, now: datetime) -> None:
    length = max(1, (row.ends_on - row.starts_on).days // len(SHOWN))
    for number, (medium, title, phase) in enumerate(SHOWN):
        first = row.starts_on + timedelta(days=number * length)
        draft = PlacementDraft(
            medium=medium,
            phase=phase,
            title=title,
            starts_on=min(first, row.ends_on),
            ends_on=min(first + timedelta(days=length), row.ends_on),
            planned_cost=row.budget / 8,
        )
        place(campaign=row, draft=draft, actor=actor, now=now)


def _spend(row: Campaign, told: Told, people: People, begun: datetime) -> None:
    """Request, approve and pay half of each channel's share, the first for a placement."""
    first = row.placements.order_by("pk").first()
    for number, (code, share) in enumerate(told.mix.items()):
        shown = None if number else first
        charge = Charge(campaign=row, channel_code=code, placement=shown)
        draft = CostDraft(
            on=row.starts_on,
            amount=Decimal(told.budget * share // 200),
            note=f"{row.name}：渠道投放",
            item="media",
            payee="云图传媒",
            charge=charge,
        )
        cost = _approved(draft, people, begun)
        paid_on = timezone.localdate(begun)
        pay(
            cost=cost, paid_on=paid_on, reference=f"F{cost.pk:05d}", actor=people.finance, now=begun
        )


def _approved(draft: CostDraft, people: People, now: datetime) -> CostItem:
    cost = request_cost(draft=draft, actor=people.marketing, now=now)
    approval = Approval.objects.get(pk=cost.approval_id or 0)
    sign(approval_id=approval.pk, digest=approval.digest, signer=people.executive, now=now)
    cost.refresh_from_db()
    return cost


def _unallocated(people: People, now: datetime) -> None:
    """Leave one item charged nowhere, and charge another after the fact."""
    today = timezone.localdate(now)
    for note, amount in (("品牌手册印刷", 36_000), ("案场花艺", 8_800)):
        draft = CostDraft(on=today, amount=Decimal(amount), note=note, item="material")
        cost = _approved(draft, people, now)
    node = BudgetNode.objects.filter(kind=BudgetKind.PROJECT.value, year=today.year).first()
    if node is not None:
        charge = Charge(project=node.project)
        allocate(cost=cost, charge=charge, reason="案场使用", actor=people.finance, now=now)


def _plan(project: Project, people: People, now: datetime) -> None:
    brief = Brief(
        project=project,
        phase="peak",
        owner=people.marketing,
        brief="热销期去化七成，控制获客成本。",
    )
    case = open_case(brief=brief, actor=people.marketing, now=now)
    for words in ("短视频引流、老带新成交、示范区体验三线并进。", "区域例会通过，补充竞品对比。"):
        case = advance(case=case, words=words, actor=people.marketing, now=now)
