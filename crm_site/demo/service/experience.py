"""Touchpoints, the working group and stories of good service of the demo company."""

import random
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from crm_site.staff.models import User
from service.experience.models import GroupItem, GroupMeeting, GroupMember, Story, Touchpoint
from service.experience.stories import like, note_use, pick, save_story

# What Chinese developers hold themselves to, as data of the demo:
# department, node, stage, name, standard, how it is measured, owner, pain, action.
POINTS: Final = (
    (
        *("sales", "brand", "enquiry", "线上咨询首次回应"),
        *("十分钟内有人回应，先答问题再留电话", "首次回应及时率"),
        *("supervisor", "晚间咨询要等到第二天", "晚间由专人值守到二十二点"),
    ),
    (
        *("sales", "product", "viewing", "案场接待与讲解"),
        *("三分钟内接待，主动说明不利因素", "来访满意度，神秘客户检查"),
        *("supervisor", "周末排队久", "周末增设两个接待台，线上取号"),
    ),
    (
        *("design", "product", "viewing", "样板间与图纸说明"),
        *("交付标准与展示增配分开标示", "来访满意度中的讲解项"),
        *("marketing", "分不清哪些是展示增配", "逐件贴标，附交付标准清单"),
    ),
    (
        *("finance", "service", "signing", "付款与发票"),
        *("收款当日开具票据，贷款材料一次告知", "签约满意度，补件次数"),
        *("finance", "贷款材料来回补", "签约前三天发送材料清单"),
    ),
    (
        *("cost", "service", "signing", "选装与增项报价"),
        *("报价逐项列明，两日内答复", "增项投诉数"),
        *("marketing", "增项价格看不懂", "报价单写明品牌、型号与单价"),
    ),
    (
        *("engineering", "value", "after", "交房与验房"),
        *("交房前三十天完成分户预验", "交付满意度，一次验收通过率"),
        *("engineering", "空鼓整改拖延", "预验问题清零后再发交房通知"),
    ),
    (
        *("property", "value", "after", "报修响应"),
        *("两小时首次联系，一次修好", "首次联系及时率，重复报修率"),
        *("specialist", "每次换人要从头讲", "一单一人负责到底"),
    ),
    (
        *("property", "loyal", "after", "业主活动与社群"),
        *("每季度一次业主活动，活动后三日内回访", "活动满意度，老带新占比"),
        *("specialist", "座位不够，老人站着", "报名后按人数配座"),
    ),
    (
        *("hr", "loyal", "after", "一线员工培训"),
        *("每月一次服务故事分享，新人持证上岗", "员工满意度，培训覆盖率"),
        *("service_manager", "新人解释口径不一", "知识库随岗考核"),
    ),
)
STORIES: Final = (
    (
        "雨夜送来的备用电源",
        "晚上十点业主家停电，家里有老人用制氧机。管家二十分钟送来备用电源，陪到来电才离开。",
    ),
    ("把沙盘搬到客户家里", "客户腿伤不便到访，顾问带着模型和图纸上门讲解了两个小时。"),
    ("第三次复查", "漏水修好后，工程师在之后的三场大雨里都主动上门查看，业主写来感谢信。"),
)
MEETINGS: Final = (
    (
        75,
        "三季度客户体验走查",
        (
            ("check", "走查云栖里接待动线", "done", "发现三处指引缺失，已补齐"),
            ("suggestion", "周末增设接待台", "done", "平均等候降到十二分钟"),
            ("suggestion", "活动现场代客泊车", "declined", "车位不足，改为接驳车"),
        ),
    ),
    (
        20,
        "年度调查结果与提升计划",
        (
            ("decision", "报修一单一人负责到底", "adopted", "十二月起在两个项目试行"),
            ("suggestion", "交房前分户预验", "adopted", "纳入交付计划"),
            ("suggestion", "增设晚间线上值守", "open", ""),
        ),
    ),
)


def fill_experience(*, seed: int, now: datetime) -> None:
    """Write touchpoints of every department, the group with its meetings, and stories."""
    chance = random.Random(f"{seed}:experience")  # noqa: S311 -- demo data, not a secret
    people = {one.username: one for one in User.objects.filter(node__isnull=False)}
    for department, node, phase, name, standard, measure, owner, pain, action in POINTS:
        Touchpoint.objects.create(
            department=department,
            node=node,
            phase=phase,
            name=name,
            standard=standard,
            measure=measure,
            owner=people[owner],
            pain=pain,
            action=action,
        )
    _group(people, now)
    _stories(people, chance, now)


def _group(people: dict[str, User], now: datetime) -> None:
    today = timezone.localdate(now)
    names = ("service_manager", "specialist", "marketing", "engineering", "supervisor")
    for place, name in enumerate(names):
        duty = "组长" if place == 0 else "组员"  # han: demo data
        GroupMember.objects.create(
            person=people[name], duty=duty, since=today - timedelta(days=200)
        )
    for ago, topic, items in MEETINGS:
        meeting = GroupMeeting.objects.create(held_on=today - timedelta(days=ago), topic=topic)
        meeting.present.set([people[name] for name in names])
        for place, (kind, title, state, result) in enumerate(items):
            GroupItem.objects.create(
                meeting=meeting,
                kind=kind,
                title=title,
                owner=people[names[place % len(names)]],
                due_on=today + timedelta(days=30 - ago),
                state=state,
                result=result,
            )


def _stories(people: dict[str, User], chance: random.Random, now: datetime) -> None:
    authors = (people["specialist"], people["consultant"], people["engineering"])
    written = []
    for place, (title, text) in enumerate(STORIES):
        at = now - timedelta(days=20 + 9 * place)
        story = Story(title=title, text=text, author=authors[place])
        written.append(save_story(story, actor=authors[place], now=at))
        for person in chance.sample(sorted(people.values(), key=lambda one: one.pk), 6 + 4 * place):
            like(story=story, person=person)
    manager = people["service_manager"]
    pick(story=written[0], actor=manager, now=now - timedelta(days=35))
    pick(story=written[1], actor=manager, now=now)
    used = timezone.localdate(now) - timedelta(days=6)
    lesson = "新员工服务培训第二课"  # han: demo data
    note_use(story=written[0], used_on=used, used_for=lesson, actor=manager, now=now)
