"""Goals, plans, knowledge of the market, promotions, a group and coupons for the demo."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from crm_site.approvals.services import sign
from crm_site.documents.models import Document
from crm_site.documents.registry import document_kind
from crm_site.documents.services import Draft, create_document, submit_version
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from customers.models import Customer, Project
from marketing.planning.papers import ANNUAL, PROFILE, SHEET, STRATEGY
from marketing.planning.registers import (
    ADJUSTMENTS,
    BRAND,
    CERTIFICATES,
    COMPETITORS,
    POINTS,
    SURVEYS,
    TRENDS,
)
from marketing.promotions.models import CouponIssue, GroupPurchase, Promotion
from marketing.promotions.services.coupons import hand_out, save_issue
from marketing.promotions.services.groups import open_group
from marketing.promotions.services.writing import submit_promotion, write_promotion

D = Decimal
GOALS: Final = "marketing-goals"
TEXTS: Final = "依据本季度调研与成交数据编写，季度复盘时更新。"
RIVALS: Final = (
    ("江畔府", "group", "大型房企", "21500", 12),
    ("学林苑", "regional", "本地开发商", "19800", 20),
    ("线上优选楼盘", "platform", "互联网平台", "20600", 45),
)
PROVEN: Final = (
    ("距地铁 600 米", "location", "实测步行路线图"),
    ("绿化率 38%", "greenery", "规划许可证附图"),
    ("社区智慧门禁", "smart", ""),
)
MEASURED: Final = {"awareness": 41, "loyalty": 55, "association": 48, "premium": 3}


@dataclass(frozen=True, slots=True)
class Team:
    """Who plans and who signs."""

    marketing: User
    executive: User
    head_office: User


def make_planning(
    projects: Sequence[Project], *, customers: Sequence[Customer] = (), now: datetime
) -> None:
    """Let marketing plan the year and run promotions; again adds nothing."""
    names = ("marketing", "executive", "head_office")
    found = User.objects.select_related("node").in_bulk(names, field_name="username")
    if len(found) < len(names) or not projects or Promotion.objects.exists():
        return
    team, own = Team(**found), projects[0]
    plan = _plans(own, team, now)
    _goals(own, team, now)
    _market(own, team, plan, now)
    _company(team, now)
    _promotions(own, team, now)
    _coupons(own, team, customers, now)


def _plans(project: Project, team: Team, now: datetime) -> Document:
    today = timezone.localdate(now)
    first, last = date(today.year, 1, 1), date(today.year, 12, 31)
    _paper(ANNUAL, "年度营销计划", team, now, days=(first, last))
    plan = _paper(STRATEGY, "营销策略规划", team, now, days=(first, None))
    _paper(PROFILE, "企业简介", team, now, days=(first, None))
    until = today + timedelta(days=40)
    _paper(SHEET, f"{project.name}竞品对比", team, now, days=(today, until), about=project.pk)
    values = {
        "reason": "户外转化率连续两月下降",
        "data": "户外线索成本 480 元，短视频 210 元",
        "decided_on": today.isoformat(),
    }
    _entry(ADJUSTMENTS, "户外预算的三成转短视频", values, team, now, about=plan.pk)
    return plan


def _paper(
    kind: str,
    title: str,
    team: Team,
    now: datetime,
    *,
    days: tuple[date, date | None],
    about: int | None = None,
) -> Document:
    found = document_kind(kind)
    assert found is not None  # noqa: S101 -- registered by planning
    sections = tuple({"title": str(one), "text": TEXTS} for one in found.sections)
    draft = Draft(title=title, sections=sections, effective_from=days[0], effective_until=days[1])
    document = create_document(
        kind=kind, draft=draft, subject_id=about, actor=team.marketing, now=now
    )
    approval = submit_version(document=document, actor=team.marketing, now=now).approval
    if approval is not None:
        signer = team.executive
        sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=now)
    return document


def _entry(  # noqa: PLR0913 -- one flat call
    register: str,
    title: str,
    values: dict[str, Any],
    team: Team,
    now: datetime,
    *,
    due: datetime | None = None,
    about: int | None = None,
) -> None:
    draft = EntryDraft(title=title, values=values, due_at=due, subject_id=about)
    add_entry(register=register, draft=draft, actor=team.marketing, now=now)


def _goals(project: Project, team: Team, now: datetime) -> None:
    start = date(timezone.localdate(now).year, 1, 1).isoformat()
    due = now + timedelta(days=120)
    for title, kind, measure, baseline, target, current in (
        ("区域市场份额升至 8%", "share", "网签套数占比（%）", "6", "8", "6.8"),
        ("提示后知名度过半", "brand", "品牌调查（%）", "41", "52", "47"),
        ("老客户推荐增加", "relation", "推荐成交占比（%）", "15", "22", "16"),
        ("全年签约增长", "sales", "签约套数", "180", "240", "205"),
    ):
        values = {
            "kind": kind,
            "measure": measure,
            "baseline": baseline,
            "target": target,
            "current": current,
            "starts_on": start,
            "project": project.code,
        }
        _entry(GOALS, title, values, team, now, due=due)


def _market(project: Project, team: Team, plan: Document, now: datetime) -> None:
    today = timezone.localdate(now)
    for days, title in ((30, "改善客户最看重什么"), (140, "首置客户的首付来源")):
        values = {
            "method": "interview",
            "done_on": (today - timedelta(days=days)).isoformat(),
            "result": "学区、物业与首付压力排在前三",
            "use": "项目定位与宣传重点",
        }
        _entry(SURVEYS, title, values, team, now)
    for title, kind, developer, price, days in RIVALS:
        values = {
            "kind": kind,
            "developer": developer,
            "project": project.code,
            "price": price,
            "points": "地铁口、精装",
            "source": "网签公示与踩盘",
            "seen_on": (today - timedelta(days=days)).isoformat(),
        }
        _entry(COMPETITORS, title, values, team, now)
    for title, trend, number in (
        ("首付比例下调", "policy", plan.number),
        ("二星绿建成为标配", "green", ""),
    ):
        values = {
            "trend": trend,
            "seen_on": today.isoformat(),
            "source": "市住建局公告",
            "effect": "首改客户提前入市",
            "decision": "plan" if number else "none",
            "plan": number,
        }
        _entry(TRENDS, title, values, team, now)
    for title, kind, evidence in PROVEN:
        known = {"kind": kind, "evidence": evidence, "released": bool(evidence)}
        _entry(POINTS, title, known, team, now, about=project.pk)


def _company(team: Team, now: datetime) -> None:
    year = timezone.localdate(now).year
    for back in (3, 2, 1):
        for component, value in MEASURED.items():
            values = {
                "component": component,
                "year": str(year - back),
                "value": str(value - back),
                "method": "街访 400 份与表价对比",
            }
            _entry(BRAND, f"{year - back} 年品牌测量", values, team, now)
    for title, days in (("房地产开发一级资质", 45), ("质量管理体系认证", 400)):
        values = {"number": f"ZS-{days:04d}", "issuer": "主管部门"}
        _entry(CERTIFICATES, title, values, team, now, due=now + timedelta(days=days))


def _promotions(project: Project, team: Team, now: datetime) -> None:
    for code, name, kind, days, cost, until in (
        ("spring-return", "老业主回馈", "return", (-50, -20), 90_000, "approved"),
        ("weekend-limited", "周末限时优惠", "limited", (-3, 12), 120_000, "approved"),
        ("group-of-three", "三户成团", "group", (-2, 25), 60_000, "approved"),
        ("festival", "中秋惠", "festival", (40, 60), 260_000, "waiting"),
    ):
        start, end = (now + timedelta(days=one) for one in days)
        row = Promotion(
            code=code,
            name=name,
            kind=kind,
            project=project,
            campaign_code="lake-video",
            starts_at=start,
            ends_at=end,
            benefit="amount",
            value=D(8_000),
            rules="每户一次，须在活动期内认购。",
            stock=50,
            stacking="stackable",
            expected_cost=D(cost),
            market="周边竞品以首付分期促销。",
            need="客户希望减轻首付。",
            goal="活动期内认购 12 套。",
            goal_deals=12,
            owner=team.marketing,
        )
        written = min(start, now) - timedelta(days=5)
        row = write_promotion(promotion=row, buildings=[], actor=team.marketing, now=written)
        row = submit_promotion(promotion=row, actor=team.marketing, now=written)
        if until == "approved" and row.approval is not None:
            approval = row.approval
            for signer in (team.executive, team.head_office)[: len(approval.steps)]:
                sign(approval_id=approval.pk, digest=approval.digest, signer=signer, now=written)
    group = GroupPurchase(
        promotion=Promotion.objects.get(code="group-of-three"),
        name="三户成团",
        min_size=3,
        deadline=now + timedelta(days=14),
    )
    open_group(group=group, actor=team.marketing, now=now)


def _coupons(project: Project, team: Team, customers: Sequence[Customer], now: datetime) -> None:
    row = CouponIssue(
        name="到访礼券",
        kind="voucher",
        project=project,
        campaign_code="lake-video",
        value=D(120),
        gift="茶具一套",
        valid_from=now - timedelta(days=1),
        valid_until=now + timedelta(days=60),
    )
    issue = save_issue(issue=row, actor=team.marketing, now=now)
    keys = [one.pk for one in customers][:40]
    if keys:
        people = Customer.objects.filter(pk__in=keys)
        hand_out(issue=issue, customers=people, actor=team.marketing, now=now)
