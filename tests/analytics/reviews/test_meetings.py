"""Management reviews, summaries of regions, weekly reports, goals, elements, maturity."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from analytics.reviews.maturity import MATURITY
from analytics.reviews.meeting_models import Filing, ManagementReview, WeeklyReport
from analytics.reviews.report_models import Measure, PerformanceReport
from analytics.reviews.rules.periods import Span
from analytics.reviews.services.filings import expect_filings, remind_filings
from analytics.reviews.services.freezing import open_report
from analytics.reviews.services.measures import MeasureDraft, add_measure
from analytics.reviews.services.meetings import plan_due_reviews
from analytics.reviews.services.publishing import publish_report
from analytics.reviews.tasks import make_weekly_report
from crm_site.outbox.models import Message
from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from crm_site.registers.models import RegisterEntry
from crm_site.registers.services import EntryDraft, add_entry
from crm_site.settings.schedule import BEAT_SCHEDULE
from service.surveys.report_models import SatisfactionReport
from tests.analytics.reviews.conftest import FIRST, opened, written
from tests.conftest import make_user

pytestmark = pytest.mark.django_db


def satisfaction(kind, start, end, actor, *, region=None):
    return SatisfactionReport.objects.create(
        name="r.pdf",
        media_type="application/pdf",
        size=1,
        digest="0",
        content="",
        number=f"CS{end.year}-{kind[:6]}",
        kind=kind,
        region=region,
        starts_on=start,
        ends_on=end,
        facts={},
        made_by=actor,
        made_at=timezone.now(),
    )


@pytest.mark.spec("ANA-30")
def test_a_review_without_its_inputs_cannot_close(
    client_for, figures, org, head, now, monkeypatch
) -> None:
    july = datetime(2026, 7, 2, 1, tzinfo=UTC)
    assert plan_due_reviews(now=july) == 1
    assert plan_due_reviews(now=july) == 0
    january = datetime(2027, 1, 2, 1, tzinfo=UTC)
    assert plan_due_reviews(now=january) == 1
    pairs = set(ManagementReview.objects.values_list("kind", "year"))
    assert pairs == {("mid_year", 2026), ("annual", 2026)}  # two a year
    assert Message.objects.filter(kind="review.meeting", recipient=head).count() == 2
    review = ManagementReview.objects.get(kind="mid_year")
    url = f"/reviews/management/{review.pk}/"
    span = Span(date(2026, 1, 1), date(2026, 6, 30))
    report, _new = open_report(kind="half", span=span, region_id=None, actor=head, now=july)
    written(report, head, july)
    publish_report(report=report, actor=head, now=july)
    right = satisfaction("mid_year", date(2026, 1, 1), date(2026, 6, 30), head)
    wrong = satisfaction("annual", date(2026, 1, 1), date(2026, 12, 31), head)
    whole = {
        "held_on": "2026-07-10",
        "attendees": "总经理、各区域负责人",
        "minutes": "听取满意度监测信息与半年绩效报告",
        "satisfaction": right.pk,
        "performance": report.pk,
    }
    monkeypatch.setattr(timezone, "now", lambda: july + timedelta(days=10))
    client = client_for(head)
    assert client.post(f"{url}decide/", {"text": ""}).status_code == 422
    assert client.post(f"{url}decide/", {"text": "增设周末客服"}).status_code == 302

    def write(**given):
        base = client.get(f"{url}edit/").context["form"].edit_base
        return client.post(f"{url}edit/", given | {"edit_base": base})

    for lacking in ("held_on", "minutes", "satisfaction", "performance"):
        assert write(**{**whole, lacking: ""}).status_code == 302
        assert len(client.get(url).context["lacks"]) == 1
        assert client.post(f"{url}close/").status_code == 409
    assert write(**{**whole, "satisfaction": wrong.pk}).status_code == 422
    assert write(**whole).status_code == 302
    due = (timezone.localdate() + timedelta(days=30)).isoformat()
    action = {"cause": "响应慢", "what": "周末值班", "owner": head.pk, "due_on": due}
    assert client.post(f"{url}act/", action).status_code == 302
    assert client.post(f"{url}close/").status_code == 302
    review.refresh_from_db()
    assert (review.state, review.closed_by) == ("closed", head)
    assert Measure.objects.get(review=review).what == "周末值班"
    assert client.post(f"{url}decide/", {"text": "再加一条"}).status_code == 409
    annual = ManagementReview.objects.get(kind="annual")
    page = client.get(f"/reviews/management/{annual.pk}/")
    assert [one.what for one in page.context["earlier"]] == ["周末值班"]
    assert "mid_year" not in client.get("/reviews/management/").content.decode()


@pytest.mark.spec("ANA-31")
def test_a_missing_region_is_shown_and_a_late_one_flagged(
    client, client_for, figures, org, chief, head, monkeypatch
) -> None:
    asked_at = datetime(2026, 4, 2, 1, tzinfo=UTC)
    assert expect_filings(span=FIRST, now=asked_at) == 2
    expect_filings(span=FIRST, now=asked_at)
    assert Filing.objects.count() == 2
    east = Filing.objects.get(region=org.region_east)
    assert east.due_on == date(2026, 4, 15)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 4, 15, 1, tzinfo=UTC))
    client = client_for(chief)
    assert remind_filings(now=timezone.now()) == 1  # who keeps the reports of the east
    url = f"/reviews/filings/{east.pk}/"
    assert client.get(url).context["filing"].state == "expected"
    assert client.post(url, {"summary": "本季度平稳"}).status_code == 409  # no report yet
    report = opened(org, chief, timezone.now())
    written(report, chief, timezone.now())
    publish_report(report=report, actor=chief, now=timezone.now())
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 4, 16, 1, tzinfo=UTC))
    client, watcher = client_for(chief), client_for(head)
    states = {
        row.filing.region.name: row.state
        for row in watcher.get("/reviews/filings/").context["rows"]
    }
    assert states == {"华东区域": "missing", "华南区域": "missing"}
    remind_filings(now=timezone.now())
    assert Message.objects.filter(kind="review.filing_late", recipient=head).count() == 2
    assert watcher.post(url, {"summary": "代交"}).status_code == 403
    assert client.post(url, {"summary": ""}).status_code == 422
    assert client.post(url, {"summary": "本季度平稳，复购略降"}).status_code == 302
    page = watcher.get("/reviews/filings/", {"quarter": "2026-01-01"})
    states = {row.filing.region.name: row.state for row in page.context["rows"]}
    assert states == {"华东区域": "late", "华南区域": "missing"}
    assert {key: n for key, _label, n in page.context["counts"]} == {
        "expected": 0,
        "missing": 1,
        "in_time": 0,
        "late": 1,
    }
    assert [cells[0][0] for _label, cells in page.context["table"]] == ["华东区域"] * 10
    base = watcher.get(f"{url}comment/").context["form"].edit_base
    said = {"comment": "请说明复购下降原因", "edit_base": base}
    assert watcher.post(f"{url}comment/", said).status_code == 302
    assert "请说明复购下降原因" in client.get(url).content.decode()
    assert client.get("/reviews/filings/").context["rows"][0].filing == east
    assert len(client.get("/reviews/filings/").context["rows"]) == 1  # its own region


@pytest.mark.spec("ANA-65")
def test_beat_makes_the_report_each_monday_with_late_items(
    client, client_for, report, org, chief, head, monkeypatch
) -> None:
    line = BEAT_SCHEDULE["make-weekly-report"]
    assert line["task"] == "analytics.reviews.tasks.make_weekly_report"
    assert line["schedule"].day_of_week == {1}
    for what, day in (("早就该做", date(2026, 5, 13)), ("下周到期", date(2026, 5, 20))):
        draft = MeasureDraft(cause="原因", what=what, owner=chief, due_on=day)
        at = datetime(2026, 5, 4, tzinfo=UTC)
        add_measure(source=report, kpi="csat", draft=draft, actor=chief, now=at)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 5, 18, 0, tzinfo=UTC))
    make_weekly_report()
    make_weekly_report()
    client = client_for(chief)
    row = WeeklyReport.objects.get()
    assert row.week_on == date(2026, 5, 11)
    page = client.get(f"/reviews/weeks/{row.pk}/")
    groups = {state: [one["title"] for one in lines] for state, lines in page.context["groups"]}
    assert groups == {"late": ["早就该做"], "next": ["下周到期"], "done": []}
    told = Message.objects.filter(kind="review.weekly", recipient=chief).get()
    assert told.params["late"] == 1
    Measure.objects.update(due_on=date(2027, 1, 1))
    assert client.get(f"/reviews/weeks/{row.pk}/").context["groups"][0][1]  # frozen
    assert [one["late"] for one in client.get("/reviews/weeks/").context["rows"]] == [1]
    south = client_for(make_user(org, "service_manager"))
    assert south.get(f"/reviews/weeks/{row.pk}/").status_code == 200


def goal(**more):
    return {
        "term": "short",
        "measured_by": "csat",
        "base": "8.0",
        "goal": "9.0",
        "starts_on": "2026-06-01",
        "benefit": "口碑",
    } | more


@pytest.mark.spec("ANA-32")
def test_a_goal_without_a_measure_is_refused(client, figures, org, chief, monkeypatch) -> None:
    url = "/registers/programme-goals/add/"
    given = {"title": "满意度提升到9分", "due_at": "2026-12-31T18:00"} | goal()
    refused = client.post(url, given | {"measured_by": ""})
    assert refused.status_code == 422
    assert "measured_by" in refused.context["form"].errors
    assert client.post(url, given | {"measured_by": "mood"}).status_code == 422
    assert client.post(url, given | {"term": "mid"}).status_code == 422  # too near for that
    assert client.post(url, given | {"goal": "8"}).status_code == 422  # changes nothing
    assert client.post(url, given | {"due_at": ""}).status_code == 422
    assert not RegisterEntry.objects.exists()
    assert client.post(url, given).status_code == 302
    figures.set("csat", "8.5")
    row = client.get("/reviews/goals/").context["rows"][0]
    assert (row.kpi, row.share) == ("指标csat", 50)
    entry = RegisterEntry.objects.get()
    assert entry.review_on is not None
    noted = client.post(f"/registers/entries/{entry.pk}/review/", {"note": "按计划"})
    assert noted.status_code == 302
    mid = given | {"title": "三年", "term": "mid", "due_at": "2028-12-31T18:00"}
    assert client.post(url, mid).status_code == 302


@pytest.mark.spec("ANA-75")
def test_an_element_without_evidence_this_quarter_turns_amber(
    client_for, org, chief, monkeypatch
) -> None:
    may = datetime(2026, 5, 20, tzinfo=UTC)
    for element in ("organisation", "culture", "technology"):
        draft = EntryDraft(title=f"证据{element}", values={"element": element, "shows": "例会"})
        add_entry(register="long-term-elements", draft=draft, actor=chief, now=may)
    monkeypatch.setattr(timezone, "now", lambda: may + timedelta(days=10))
    rows = {one.key: one for one in client_for(chief).get("/reviews/elements/").context["rows"]}
    assert {key: one.light for key, one in rows.items()} == {
        "organisation": "green",
        "culture": "green",
        "technology": "green",
        "improvement": "amber",
    }
    assert rows["culture"].days == 10
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 7, 1, 1, tzinfo=UTC))
    page = client_for(chief).get("/reviews/elements/")
    assert {one.light for one in page.context["rows"]} == {"amber"}


@pytest.mark.spec("ANA-70")
def test_answers_give_stage_and_gap_list(client, org, chief, now) -> None:
    assert client.get("/reviews/maturity/").context["rows"] == []
    form = ensure_default(MATURITY)
    answers = {f"q{n}": "5" for n in range(1, 11)} | {"q5": "2", "q9": "1"}
    sheet = begin_sheet(questionnaire=form, subject_id=None, author=chief, now=now)
    filled = Filled(answers=answers)
    save_sheet(sheet=sheet, filled=filled, complete=True, actor=chief, now=now)
    page = client.get("/reviews/maturity/")
    row = page.context["rows"][0]
    assert row.stage == "customer"  # 82.5 of 100
    assert [(one.key, one.value) for one in row.gaps] == [("q9", 1), ("q5", 2)]
    assert row.gaps[0].label in page.content.decode()
    assert client.get(f"/questionnaires/{MATURITY}/begin/").status_code == 200


def test_regions_do_not_see_each_others_reviews(client_for, figures, org, head, now) -> None:
    review = ManagementReview.objects.create(kind="annual", year=2026, region=org.region_south)
    other = client_for(make_user(org, "executive"))
    assert other.get(f"/reviews/management/{review.pk}/").status_code == 404
    assert client_for(head).get(f"/reviews/management/{review.pk}/").status_code == 200
    assert PerformanceReport.objects.count() == 0
