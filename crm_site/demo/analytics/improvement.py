"""A programme with its items, appraisals, the bonus fund and the service star of the demo."""

import random
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from analytics.improvement.programme_models import Finding, PdcaItem, Programme
from analytics.improvement.rules.pdca import Step
from analytics.improvement.services import appraising, rewards, stars
from analytics.improvement.services.appraising import Mark
from analytics.improvement.services.items import ItemDraft, Means, add_item, advance, plan_means
from analytics.improvement.services.programmes import (
    ProgrammeDraft,
    WorkshopDraft,
    add_finding,
    hold_workshop,
    pass_gate,
    write_programme,
)
from analytics.reviews.rules.periods import Cycle, finished
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User
from crm_site.staff.selectors import staff_under

# title, track, theme, department, what is measured, before, goal, result so far
ITEMS: Final = (
    ("签约高峰增开窗口", "short", "price", "sales_office", "平均等候分钟", 40, 15, 18),
    ("交房前三十天分户预验", "long", "delivery", "engineering", "户均缺陷数", 12, 5, 7),
    ("报修首次联系两小时", "short", "service", "property", "及时率", 82, 95, None),
    ("物业与客服共用一张工单", "long", "service", "service_centre", "重复报修率", 9, 4, None),
)
MARKS: Final = ("acquisition", "retention", "satisfaction", "value")
PEOPLE: Final = 8
PAY: Final = Decimal(860000)


def make_improvement(*, seed: int, now: datetime) -> None:
    """Let the region improve: a programme under way, people appraised, a fund, a star."""
    chief = User.objects.filter(username="executive").select_related("node").first()
    if chief is None or chief.node is None:
        return
    _programme(chief, now)
    people = list(staff_under(chief.node).filter(role="consultant").order_by("pk")[:PEOPLE])
    _appraise(people, chief, random.Random(seed), now)  # noqa: S311 -- demo data, not a secret
    _fund(now)
    _star(people, chief, now)
    _lists(chief, now)


def _programme(chief: User, now: datetime) -> None:
    today = timezone.localdate(now)
    draft = ProgrammeDraft(
        title="客户体验提升计划",
        aim="先解决价格、交付与服务三件事，再建立长效机制。",
        owner=chief,
        starts_on=today - timedelta(days=60),
        ends_on=today + timedelta(days=200),
    )
    programme = write_programme(programme=None, draft=draft, actor=chief, now=now)
    workshop = hold_workshop(
        programme=programme,
        draft=WorkshopDraft(
            title="现场诊断工作坊",
            held_on=today - timedelta(days=50),
            place="项目营销中心",
            experts="客服、工程、营销负责人",
            advisers="外部体验顾问",
        ),
        actor=chief,
        now=now,
    )
    items = [_item(row, programme, workshop, chief, now) for row in ITEMS]
    pass_gate(programme=programme, note="诊断结论通过，进入实施", actor=chief, now=now)
    for item, row in zip(items, ITEMS, strict=True):
        _go_on(item, row[7], chief, now)
    means = Means(kind="money", planned=Decimal(20000), used=Decimal(23500))
    plan_means(item=items[0], means=means, actor=chief, now=now)


def _item(
    row: tuple[str, str, str, str, str, int, int, int | None],
    programme: Programme,
    workshop: object,
    chief: User,
    now: datetime,
) -> PdcaItem:
    title, track, theme, department, measure, before, goal, _result = row
    finding: Finding = add_finding(
        workshop=workshop,  # type: ignore[arg-type]
        text=title,
        owner=chief,
        actor=chief,
        now=now,
    )
    draft = ItemDraft(
        title=title,
        track=track,
        theme=theme,
        department=department,
        accountable=chief,
        due_on=timezone.localdate(now) + timedelta(days=20 if track == "short" else 120),
        measure=measure,
        baseline=Decimal(before),
        goal=Decimal(goal),
    )
    return add_item(draft=draft, programme=programme, finding=finding, actor=chief, now=now)


def _go_on(item: PdcaItem, result: int | None, chief: User, now: datetime) -> None:
    step = Step("方案已经各部门确认", order_reason="与前序主题同步推进")
    item = advance(item=item, step=step, actor=chief, now=now)
    if result is not None:
        done = Step("已按方案执行四周，见周报", measured=Decimal(result))
        advance(item=item, step=done, actor=chief, now=now)


def _appraise(people: list[User], chief: User, chance: random.Random, now: datetime) -> None:
    last = finished(Cycle.QUARTER, timezone.localdate(now))
    for span in (finished(Cycle.QUARTER, last.starts_on), last):
        for person in people:
            row, _is_new = appraising.open_appraisal(person=person, span=span, actor=chief, now=now)
            base = 70 + person.pk % 4 * 8
            marks = {
                key: Mark(Decimal(min(100, base + chance.randint(-5, 8))), "回访录音与客户来信")
                for key in MARKS
            }
            appraising.judge(appraisal=row, marks=marks, actor=chief, now=now)
            appraising.publish(appraisal=row, actor=chief, now=now)


def _fund(now: datetime) -> None:
    payer = User.objects.filter(username="finance").select_related("node").first()
    if payer is None:
        return
    span = finished(Cycle.QUARTER, timezone.localdate(now))
    run = rewards.compute_bonus(span=span, total_pay=PAY, actor=payer, now=now)
    rewards.ask_approval(run=run, actor=payer, now=now)


def _star(people: list[User], chief: User, now: datetime) -> None:
    if len(people) < 3:
        return
    month = stars.month_of(now)
    before = now - timedelta(days=now.day + 3)
    acts = ("雨天为老人业主送伞并陪同验房", "加班为外地客户办理网签")
    for person, act, at in ((people[0], acts[0], before), (people[1], acts[1], now)):
        day = timezone.localdate(at) - timedelta(days=1)
        given = stars.Act(person=person, act=act, happened_on=day)
        row = stars.nominate(given=given, actor=people[2], now=at)
        stars.vote(nomination=row, actor=people[2], now=at)
        if row.month_on < month:
            stars.award(month_on=row.month_on, actor=chief, now=now)


def _lists(chief: User, now: datetime) -> None:
    for department, kpi, title in (
        ("engineering", "csat", "分户预验问题清零"),
        ("finance", "complaint_timeliness", "退款两日内办结"),
    ):
        values = {"department": department, "kpi": kpi, "weight": "15"}
        draft = EntryDraft(title=title, values=values)
        add_entry(register="department-indicators", draft=draft, actor=chief, now=now)
    trial = {"idea": "样板间扫码看交付标准", "group": "周末来访二十组"}
    draft = EntryDraft(title="扫码看交付标准", values=trial, due_at=now + timedelta(days=14))
    add_entry(register="experience-laboratory", draft=draft, actor=chief, now=now)
    result = {
        "kind": "ab",
        "outcome": "接通",
        "control": "直接拨打",
        "control_n": "420",
        "control_hits": "181",
        "variant": "先发短信再拨打",
        "variant_n": "415",
        "variant_hits": "224",
        "ended_on": timezone.localdate(now).isoformat(),
    }
    draft = EntryDraft(title="首呼前发短信能否提高接通率", values=result)
    add_entry(register="experiment-results", draft=draft, actor=chief, now=now)
