"""Goals, plans in parts, the annual plan and the frames, through the pages."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from analytics.kpis.kinds import COMPANY, Asking, Period
from analytics.kpis.registry import all_kpis
from analytics.kpis.services.reading import read_kpi
from crm_site.approvals.models import Approval
from crm_site.documents.models import DocumentVersion
from crm_site.outbox.models import Message
from crm_site.questionnaires.models import AnswerSheet
from crm_site.registers.models import RegisterEntry
from marketing.planning import goals, hooks
from marketing.planning.frames import FRAMES
from marketing.planning.hooks import GoalSource, register_goal_sources
from marketing.planning.papers import ANNUAL, FIVE_PARTS, STRATEGY
from marketing.planning.tasks import watch_planning
from tests.marketing.campaigns.test_campaign import written

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


def goal(**more):
    given = {
        "title": "签约增长",
        "kind": "sales",
        "measure": "签约套数",
        "baseline": "100",
        "target": "200",
        "starts_on": "2026-01-01",
        "due_at": "2026-12-31T18:00",
    }
    return given | more


@pytest.fixture
def figure():
    """A figure that measures goals, as the floor above registers them."""
    asked = []

    def value(question):
        asked.append(question)
        return Decimal(150)

    register_goal_sources([GoalSource(key="signed", label="Signed contracts", value=value)])
    yield asked
    hooks._sources.pop("signed")
    goals.register()


@pytest.mark.spec("MKT-01")
@pytest.mark.parametrize("kind", ["share", "brand", "relation", "sales"])
@pytest.mark.parametrize("missing", ["measure", "baseline", "target"])
def test_a_goal_without_measure_or_baseline_is_refused(client, kind, missing) -> None:
    answer = client.post("/registers/marketing-goals/add/", goal(kind=kind, **{missing: ""}))
    assert answer.status_code == 422
    assert missing in answer.context["form"].errors
    assert not RegisterEntry.objects.exists()


@pytest.mark.spec("MKT-01")
def test_progress_follows_the_figure_of_the_system(client, figure, org, on_day, now) -> None:
    on_day(now)
    kept = goal(source="signed", project="yunqili")
    assert client.post("/registers/marketing-goals/add/", kept).status_code == 302
    line = client.get("/planning/goals/").context["goals"][0]
    assert (line.now, line.done, line.gone) == (Decimal(150), 50, 38)
    assert figure[-1].project_id == org.project_one.pk
    assert (figure[-1].start, figure[-1].end) == (date(2026, 1, 1), date(2026, 5, 20))
    page = client.get("/planning/goals/", headers=ENGLISH).content.decode()
    assert 'value="50"' in page
    assert "Signed contracts" in page


@pytest.mark.spec("MKT-01")
def test_a_kpi_measures_a_goal(client, on_day, now) -> None:
    """The figures of analytics are offered, and their value is that of the KPI."""
    on_day(now)
    known = {source.key for source in hooks.goal_sources()}
    assert {kpi.key for kpi in all_kpis()} <= known
    kept = goal(source="signed_contracts" if "signed_contracts" in known else sorted(known)[0])
    assert client.post("/registers/marketing-goals/add/", kept).status_code == 302
    line = client.get("/planning/goals/").context["goals"][0]
    period = Period(date(2026, 1, 1), date(2026, 5, 21))
    assert line.now == read_kpi(kept["source"], Asking(period, COMPANY, now)).value


def test_a_goal_without_figure_shows_what_was_typed_and_what_lags(client, on_day, now) -> None:
    on_day(now)
    client.post("/registers/marketing-goals/add/", goal(current="110"))
    client.post("/registers/marketing-goals/add/", goal(title="口碑"))
    typed, without = client.get("/planning/goals/").context["goals"]
    assert (typed.done, typed.is_behind) == (10, True)
    assert (without.done, without.is_behind) == (None, False)


def test_a_goal_of_an_unknown_project_is_refused(client) -> None:
    answer = client.post("/registers/marketing-goals/add/", goal(project="nowhere"))
    assert answer.status_code == 422
    assert "project" in answer.context["form"].errors


@pytest.mark.spec("MKT-02")
@pytest.mark.parametrize("part", FIVE_PARTS)
def test_a_plan_with_a_missing_part_cannot_be_approved(client, write, part, on_day, now) -> None:
    on_day(now)
    plan = write(STRATEGY, without=str(part))
    answer = client.post(f"/documents/{plan.pk}/submit/")
    assert answer.status_code == 409
    assert str(part) in answer.content.decode()
    assert DocumentVersion.objects.get().state == "draft"
    assert not Approval.objects.exists()


@pytest.mark.spec("MKT-02")
def test_a_whole_plan_is_approved_and_adjusted_with_reason_and_figures(
    client, write, approve, on_day, now
) -> None:
    on_day(now)
    plan = approve(write(STRATEGY))
    assert DocumentVersion.objects.get().state == "approved"
    url = f"/registers/plan-adjustments/add/?subject={plan.pk}"
    typed = {"title": "减少户外", "decided_on": "2026-05-20", "data": "户外线索成本 480 元"}
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert "reason" in answer.context["form"].errors
    assert client.post(url, typed | {"reason": "转化率下降"}).status_code == 302
    entry = RegisterEntry.objects.get()
    assert (entry.subject_kind, entry.subject_id) == ("document", plan.pk)
    line = client.get("/planning/").context["plans"][0]
    assert (line.adjustments, line.line.standing) == (1, "in_force")


@pytest.mark.spec("MKT-03")
def test_the_first_of_january_without_an_approved_plan_raises_an_alert_once(
    marketer, chief, client, write, on_day
) -> None:
    on_day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))  # 1 January in Beijing
    watch_planning()
    watch_planning()
    told = Message.objects.filter(kind="planning.plan_late", params__step="carry_out")
    assert {message.recipient_id for message in told} == {marketer.pk, chief.pk}
    assert told.count() == 2
    page = client.get("/planning/", headers=ENGLISH)
    assert "carry_out" in page.context["late"]
    assert "Late" in page.content.decode()


@pytest.mark.spec("MKT-03")
def test_an_annual_plan_approved_in_time_raises_none(
    marketer, write, approve, client, on_day
) -> None:
    signed = datetime(2026, 12, 10, 2, tzinfo=UTC)
    on_day(signed)
    approve(write(ANNUAL, start=date(2027, 1, 1), end=date(2027, 12, 31)), at=signed)
    on_day(datetime(2027, 1, 1, 1, tzinfo=UTC))
    watch_planning()
    assert not Message.objects.filter(kind="planning.plan_late").exists()
    assert client.get("/planning/").context["late"] == []


def test_late_steps_are_told_before_the_year(marketer, write, on_day) -> None:
    on_day(datetime(2026, 10, 3, 2, tzinfo=UTC))
    watch_planning()
    assert not Message.objects.filter(kind="planning.plan_late").exists()
    on_day(datetime(2026, 10, 4, 2, tzinfo=UTC))
    watch_planning()
    assert Message.objects.get(kind="planning.plan_late").params["step"] == "draft"
    write(ANNUAL, start=date(2027, 1, 1))
    on_day(datetime(2026, 11, 18, 2, tzinfo=UTC))
    watch_planning()
    steps = Message.objects.filter(kind="planning.plan_late").order_by("pk")
    assert [message.params["step"] for message in steps] == ["draft", "revise"]


@pytest.mark.spec("MKT-13")
@pytest.mark.parametrize("frame", FRAMES, ids=lambda frame: frame.key)
def test_a_frame_is_drawn_filled_in_and_listed_with_its_plan(
    client, write, frame, on_day, now
) -> None:
    on_day(now)
    plan = write(STRATEGY)
    begun = client.post(f"/questionnaires/{frame.key}/begin/", {"subject": plan.pk})
    assert begun.status_code == 302
    sheet = AnswerSheet.objects.get()
    page = client.get(begun["Location"], headers=ENGLISH)
    assert page.status_code == 200
    questions = list(sheet.version.outline.questions())
    assert all(str(question.label) in page.content.decode() for question in questions)
    typed = {f"q-{question.key}": f"写明 {question.key}" for question in questions}
    base = page.context["form"].edit_base
    saved = client.post(begun["Location"], typed | {"complete": "1", "edit_base": base})
    assert saved.status_code == 302
    sheet.refresh_from_db()
    assert sheet.state == "complete"
    line = client.get("/planning/").context["plans"][0]
    assert line.frames == [(frame.title, sheet.pk)]


def test_plans_are_drawn_with_few_statements(
    client, write, on_day, now, django_assert_max_num_queries
) -> None:
    on_day(now)
    write(STRATEGY)
    client.get("/planning/")
    with django_assert_max_num_queries(40) as one:
        client.get("/planning/")
    few = len(one)
    for _number in range(19):
        write(STRATEGY)
    with django_assert_max_num_queries(few + 1):
        page = client.get("/planning/")
    assert len(page.context["plans"]) == 20


def test_goals_are_drawn_with_few_statements(
    client, on_day, now, django_assert_max_num_queries
) -> None:
    on_day(now)
    client.post("/registers/marketing-goals/add/", goal())
    client.get("/planning/goals/")
    with django_assert_max_num_queries(40) as one:
        client.get("/planning/goals/")
    few = len(one)
    for number in range(19):
        client.post("/registers/marketing-goals/add/", goal(title=f"目标 {number}"))
    with django_assert_max_num_queries(few + 1):
        page = client.get("/planning/goals/")
    assert len(page.context["goals"]) == 20


@pytest.mark.spec("MKT-01")
def test_a_goal_is_offered_to_campaigns_and_stands_on_their_page(
    client, org, marketer, on_day, now
) -> None:
    on_day(now)
    client.post("/registers/marketing-goals/add/", goal())
    entry = RegisterEntry.objects.get()
    offered = client.get("/campaigns/add/").context["form"].fields["goal"].queryset
    assert list(offered) == [entry]
    made = client.post(
        "/campaigns/add/", written(org, marketer, goal=entry.pk, project=org.project_one.pk)
    )
    assert made.status_code == 302
    assert entry.title in client.get(made["Location"]).content.decode()
