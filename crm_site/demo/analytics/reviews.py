"""Reports of results, measures, management reviews and summaries of the demo company."""

from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from analytics.reviews.maturity import MATURITY
from analytics.reviews.meeting_models import Filing, ManagementReview
from analytics.reviews.report_models import PerformanceReport
from analytics.reviews.rules.periods import Cycle, Span, finished, span_of
from analytics.reviews.rules.report import Block
from analytics.reviews.services.filings import expect_filings, hand_in
from analytics.reviews.services.freezing import open_report, region_ids
from analytics.reviews.services.measures import MeasureDraft, add_measure, finish_measure
from analytics.reviews.services.meetings import decide, plan_review
from analytics.reviews.services.publishing import gaps_of, publish_report, write_notes
from analytics.reviews.services.weekly import make_weekly
from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.staff.models import User

NOTES: Final = {
    Block.ACQUISITION.value: "线上渠道来访增加，自然到访下降；外拓投入偏高。",
    Block.RETENTION.value: "入住两年以上业主联系偏少，复购意向未及时跟进。",
    Block.SATISFACTION.value: "签约等候与报修首次响应是主要失分点。",
    Block.LIFECYCLE.value: "车位与社区服务收入平稳，老带新贡献上升。",
}
CAUSE, MEASURE = "高峰时段人手不足，交接环节多", "周末增派专人，缩短交接，每周复盘"
EVIDENCE: Final = (
    ("organisation", "客户体验管理部例会纪要", "每月由总经理主持，各部门到会"),
    ("culture", "一线服务故事分享会", "当季征集并宣讲服务故事"),
    ("technology", "预警回访自动派单上线", "红色预警24小时内回访"),
)
GOAL: Final = {"term": "short", "measured_by": "csat", "base": "8.0", "goal": "8.8"}


def make_reviews(*, now: datetime) -> None:
    """Let the last two quarters be reviewed: the first published and filed, the second open."""
    chief = User.objects.filter(username="executive").select_related("node").first()
    head = User.objects.filter(username="head_office").select_related("node").first()
    if chief is None or head is None or chief.node is None:
        return
    last = finished(Cycle.QUARTER, timezone.localdate(now))
    first = finished(Cycle.QUARTER, last.starts_on)
    expect_filings(span=first, now=now)
    expect_filings(span=last, now=now)
    published = _report(first, chief.node.region_id, chief, now)
    _finish_first(published, chief, now)
    filing = Filing.objects.filter(region=chief.node.region_id, starts_on=first.starts_on).first()
    if published.state == "published" and filing is not None:
        hand_in(filing=filing, summary="本季度运行平稳，签约等候已改善。", actor=chief, now=now)
    for region_id in [*region_ids(), None]:
        _report(last, region_id, None, now)
    _meeting(head, now)
    _lists(chief, head, now)
    make_weekly(now=now)


def _report(
    span: Span, region_id: int | None, actor: User | None, now: datetime
) -> PerformanceReport:
    """Open a report; with an actor answer every figure off target and publish it where it may."""
    report, _is_new = open_report(
        kind=Cycle.QUARTER.value, span=span, region_id=region_id, actor=actor, now=now
    )
    if actor is None:
        return report
    report = write_notes(report=report, notes=NOTES, actor=actor, now=now)
    due_on = timezone.localdate(now) + timedelta(days=21)
    draft = MeasureDraft(cause=CAUSE, what=MEASURE, owner=actor, due_on=due_on)
    for gap in gaps_of(report, now):
        if gap.kind == "measure":
            add_measure(source=report, kpi=gap.key, draft=draft, actor=actor, now=now)
    if not gaps_of(report, now):
        return publish_report(report=report, actor=actor, now=now)
    return report


def _finish_first(report: PerformanceReport, actor: User, now: datetime) -> None:
    measure = report.own_measures.filter(done_on__isnull=True).order_by("pk").first()
    if measure is not None:
        finish_measure(measure=measure, result="平均等候由40分钟降到18分钟", actor=actor, now=now)


def _meeting(head: User, now: datetime) -> None:
    year = span_of(Cycle.YEAR, timezone.localdate(now)).starts_on.year
    review, is_new = plan_review(kind="annual", year=year - 1, region_id=None, actor=head, now=now)
    if is_new:
        ManagementReview.objects.filter(pk=review.pk).update(
            attendees="总经理、各区域负责人、客服中心",
            minutes="听取满意度监测与绩效报告，讨论下一年度目标。",
        )
        decide(review=review, text="下一年度将客户满意度纳入所有部门考核", actor=head, now=now)


def _lists(chief: User, head: User, now: datetime) -> None:
    for element, title, shows in EVIDENCE:
        values = {"element": element, "shows": shows}
        draft = EntryDraft(title=title, values=values)
        add_entry(register="long-term-elements", draft=draft, actor=chief, now=now)
    starts_on = timezone.localdate(now) + timedelta(days=7)
    add_entry(
        register="programme-goals",
        draft=EntryDraft(
            title="一年内满意度提升到8.8分",
            values={**GOAL, "starts_on": starts_on.isoformat(), "benefit": "口碑带来复购与推荐"},
            due_at=now + timedelta(days=330),
        ),
        actor=head,
        now=now,
    )
    sheet = begin_sheet(
        questionnaire=ensure_default(MATURITY), subject_id=None, author=chief, now=now
    )
    steps = ("4", "4", "3", "3", "4", "3", "2", "3", "2", "3")
    answers = {f"q{number}": value for number, value in enumerate(steps, 1)}
    filled = Filled(answers=answers)
    save_sheet(sheet=sheet, filled=filled, complete=True, actor=chief, now=now)
