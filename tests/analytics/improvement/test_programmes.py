"""Items through plan, do, check and act; programmes through their gates."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from analytics.improvement.programme_models import (
    Finding,
    ItemResource,
    PdcaItem,
    PhaseGate,
    ProgrammeEvaluation,
)
from analytics.improvement.services.programmes import evaluate, pass_gate
from analytics.reviews.meeting_models import WeeklyReport
from analytics.reviews.rules.periods import Span
from analytics.reviews.services.weekly import make_weekly
from crm_site.audit.models import AuditEvent
from crm_site.registers.models import RegisterEntry
from tests.conftest import make_user
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
D = Decimal


def url_of(item) -> str:
    return f"/improvement/items/{item.pk}/"


def go(client, item, **given):
    return client.post(url_of(item), {"words": "见附件记录"} | given)


@pytest.mark.spec("ANA-59")
def test_an_item_goes_round_and_never_enters_the_check_without_a_result(
    client, make_item, chief
) -> None:
    item = make_item()
    assert client.post(url_of(item), {"words": ""}).status_code == 422
    assert go(client, item).status_code == 302
    refused = go(client, item)
    assert refused.status_code == 422
    assert "measured" in refused.context["form"].errors
    item.refresh_from_db()
    assert item.stage == "do"
    with pytest.raises(IntegrityError), transaction.atomic():
        PdcaItem.objects.filter(pk=item.pk).update(stage="check")  # the database says so too
    assert go(client, item, measured="22").status_code == 302
    item.refresh_from_db()
    assert (item.stage, item.measured) == ("check", D(22))
    board = client.get("/improvement/").context["columns"]
    assert {one.stage: one.count for one in board} == {"plan": 0, "do": 0, "check": 1, "act": 0}
    assert go(client, item).status_code == 302
    assert go(client, item, decision="").status_code == 422
    assert go(client, item, decision="again").status_code == 302
    item.refresh_from_db()
    following = PdcaItem.objects.get(previous=item)
    assert (item.stage, following.stage, following.cycle) == ("closed", "plan", 2)
    assert (following.baseline, following.goal) == (D(22), D(15))
    assert go(client, item).status_code in (409, 422)
    page = client.get(url_of(item))
    assert page.context["reached"] is False
    assert [one.to_stage for one in page.context["events"]] == [
        *("closed", "act", "check", "do", "plan"),
    ]
    assert AuditEvent.objects.filter(kind="improvement.item_moved").count() == 6


@pytest.mark.spec("ANA-63")
@pytest.mark.spec("ANA-64")
def test_each_item_has_one_track_one_department_and_one_accountable(
    client, programme, chief, make_item
) -> None:
    url = f"/improvement/items/add/?programme={programme.pk}"
    whole = {
        "title": "交付前预验房",
        "track": "long",
        "theme": "delivery",
        "department": "engineering",
        "accountable": chief.pk,
        "due_on": (timezone.localdate() + timedelta(days=40)).isoformat(),
        "measure": "户均缺陷数",
        "baseline": "12",
        "goal": "5",
    }
    for lacking in ("track", "department", "accountable"):
        refused = client.post(url, {**whole, lacking: ""})
        assert refused.status_code == 422
        assert lacking in refused.context["form"].errors
    assert client.post(url, whole | {"track": "both"}).status_code == 422
    assert client.post(url, whole | {"goal": "12"}).status_code == 422
    assert not PdcaItem.objects.exists()
    assert client.post(url, whole).status_code == 302
    item = PdcaItem.objects.get()
    for values in ({"track": ""}, {"accountable": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PdcaItem.objects.filter(pk=item.pk).update(**values)
    make_item(programme=programme, track="short")
    tracks = client.get(programme.get_absolute_url()).context["tracks"]
    assert {one.key: [item.title for item in one.items] for one in tracks} == {
        "short": ["周末增加签约窗口"],
        "long": ["交付前预验房"],
    }


@pytest.mark.spec("ANA-68")
def test_price_delivery_and_service_start_first_or_a_reason_is_given(
    client, programme, make_item
) -> None:
    first = make_item(programme=programme, theme="price")
    late = make_item(programme=programme, theme="other", title="会所装饰")
    refused = go(client, late)
    assert refused.status_code == 422
    assert "order_reason" in refused.context["form"].errors
    late.refresh_from_db()
    assert late.stage == "plan"
    assert go(client, late, order_reason="业主大会已表决").status_code == 302
    late.refresh_from_db()
    assert (late.stage, late.order_reason) == ("do", "业主大会已表决")
    assert "业主大会已表决" in client.get(url_of(late)).content.decode()
    assert go(client, first).status_code == 302
    service = make_item(programme=programme, theme="service", title="管家回访")
    assert go(client, service).status_code == 302  # price has started: nothing waits


@pytest.mark.spec("ANA-66")
def test_used_beyond_planned_is_flagged(client, client_for, org, make_item) -> None:
    keeper = make_user(org, "specialist")
    item = make_item(accountable=keeper)
    for kind, planned in (("staff", "10"), ("money", "5000"), ("technology", "0")):
        given = {"kind": kind, "planned": planned, "used": "0"}
        assert client.post(f"{url_of(item)}means/", given).status_code == 302
    assert client.get("/improvement/").context["columns"][0].items[0].is_over is False
    own = client_for(keeper)
    given = {"kind": "money", "planned": "5000", "used": "5000.01"}
    assert own.post(f"{url_of(item)}means/", given).status_code == 302
    more = {"kind": "money", "planned": "9000", "used": "5000.01"}
    assert own.post(f"{url_of(item)}means/", more).status_code == 403  # only a keeper plans
    negative = {"kind": "money", "planned": "-1", "used": "0"}
    assert client.post(f"{url_of(item)}means/", negative).status_code == 422
    rows = {one.kind: one.is_over for one in ItemResource.objects.all()}
    assert rows == {"staff": False, "money": True, "technology": False}
    board = client.get("/improvement/").context["columns"]
    assert board[0].items[0].is_over is True
    means = client.get(url_of(item)).context["means"]
    assert {one.kind for one in means if one.is_over} == {"money"}


@pytest.mark.spec("ANA-62")
def test_findings_of_a_workshop_become_items(client, programme, chief) -> None:
    url = f"{programme.get_absolute_url()}workshops/add/"
    given = {
        "title": "云栖里现场诊断",
        "held_on": "2026-05-12",
        "place": "云栖里营销中心",
        "experts": "客服、工程、营销负责人",
        "advisers": "外部体验顾问",
    }
    made = client.post(url, given)
    workshop = made["Location"]
    for text in ("签约等候过久", "交房通知不及时"):
        assert client.post(workshop, {"text": text, "owner": chief.pk}).status_code == 302
    assert client.post(workshop, {"text": "没有责任人", "owner": ""}).status_code == 422
    finding = Finding.objects.order_by("pk").first()
    add = f"/improvement/items/add/?finding={finding.pk}"
    assert client.get(add).context["form"]["title"].value() == "签约等候过久"
    item = {
        "title": "签约等候过久",
        "track": "short",
        "theme": "service",
        "department": "sales_office",
        "accountable": chief.pk,
        "due_on": (timezone.localdate() + timedelta(days=20)).isoformat(),
        "measure": "等候分钟",
        "baseline": "40",
        "goal": "15",
    }
    assert client.post(add, item)["Location"] == workshop
    finding.refresh_from_db()
    assert finding.item.programme == programme
    assert client.post(add, item).status_code == 404  # it is one already
    assert finding.item.title in client.get(workshop).content.decode()


@pytest.mark.spec("ANA-60")
@pytest.mark.spec("ANA-67")
def test_gates_stand_between_the_three_phases(
    client, figures, programme, make_item, chief, now
) -> None:
    url = programme.get_absolute_url()

    def try_gate() -> int:
        return client.post(f"{url}gate/", {"note": "进入下一阶段"}).status_code

    assert try_gate() == 409
    assert len(client.get(url).context["lacks"]) == 3
    workshop = client.post(
        f"{url}workshops/add/",
        {"title": "诊断", "held_on": "2026-05-12", "place": "现场", "experts": "各部门"},
    )["Location"]
    client.post(workshop, {"text": "等候过久", "owner": chief.pk})
    items = [make_item(programme=programme, track=track) for track in ("short", "long")]
    assert try_gate() == 409  # a finding is no item yet
    Finding.objects.update(item=items[0])
    assert client.post(f"{url}gate/", {"note": ""}).status_code == 422
    assert client.post(f"{url}evaluate/", {**SPAN, "note": "早了"}).status_code == 409
    assert try_gate() == 302
    assert try_gate() == 409
    for item in items:
        go(client, item)
        go(client, item, measured="12")
    assert try_gate() == 302
    programme.refresh_from_db()
    assert programme.phase == "evaluation"
    assert try_gate() == 409
    for item in items:
        go(client, item)
        go(client, item, decision="standard")
    assert try_gate() == 409  # not evaluated yet
    figures.set("csat", "8.5")  # 100
    figures.set("churn_rate", "10")  # 50
    figures.set("conversion_rate", "18")  # 120
    figures.set("repurchase_broad", "24")  # 80
    figures.set("complaint_timeliness", "47.5")  # 50, and 100 for the items in time
    assert client.post(f"{url}evaluate/", {**SPAN, "note": "总体有效"}).status_code == 302
    found = ProgrammeEvaluation.objects.get()
    assert (found.customer, found.business, found.process) == (D(75), D(100), D(75))
    assert found.total == D("83.33")
    figures.set("csat", "1")
    assert "83.33" in client.get(url).content.decode()  # frozen
    assert try_gate() == 302
    programme.refresh_from_db()
    assert programme.phase == "closed"
    assert list(PhaseGate.objects.order_by("pk").values_list("phase", flat=True)) == [
        *("diagnosis", "implementation", "evaluation")
    ]
    assert try_gate() == 409
    assert client.post(f"{url}workshops/add/", {"title": "再开"}).status_code == 422


SPAN = {"starts_on": "2026-01-01", "ends_on": "2026-03-31"}


def test_a_dimension_without_figures_gives_no_score(figures, programme, chief, now) -> None:
    from analytics.improvement.programme_models import Programme

    Programme.objects.filter(pk=programme.pk).update(phase="evaluation")
    for key in ("conversion_rate", "repurchase_broad"):
        figures.set(key, None)
    span = Span(date(2026, 1, 1), date(2026, 3, 31))
    found = evaluate(programme=programme, span=span, note="无数据", actor=chief, now=now)
    assert (found.business, found.total) == (None, None)
    with pytest.raises(ValidationError):
        pass_gate(programme=programme, note="", actor=chief, now=now)


def test_items_stand_in_the_weekly_report(make_item, chief) -> None:
    item = make_item(due_on=date(2026, 5, 13))
    row = make_weekly(now=datetime(2026, 5, 18, tzinfo=UTC))
    assert row == WeeklyReport.objects.get()
    late = [one for one in row.lines if one["state"] == "late"]
    assert [(one["source"], one["title"], one["url"]) for one in late] == [
        ("improvement", item.title, url_of(item))
    ]


def test_other_regions_do_not_see_the_programme(client_for, org, programme, make_item) -> None:
    item = make_item(programme=programme)
    other = client_for(UserFactory(role="service_manager", node=org.region_south))
    assert other.get(programme.get_absolute_url()).status_code == 404
    assert other.get(url_of(item)).status_code == 404
    reader = client_for(make_user(org, "specialist"))
    assert reader.get(url_of(item)).status_code == 200
    assert go(reader, item).status_code == 403


def test_a_dropped_item_keeps_its_reason(client, make_item) -> None:
    item = make_item()
    assert client.post(f"{url_of(item)}drop/", {"words": ""}).status_code == 422
    assert client.post(f"{url_of(item)}drop/", {"words": "与合同变更重复"}).status_code == 302
    assert "与合同变更重复" in client.get(url_of(item)).content.decode()
    assert client.post(f"{url_of(item)}drop/", {"words": "再来"}).status_code == 409


@pytest.mark.spec("ANA-41")
def test_a_department_without_a_customer_indicator_is_flagged(client, figures) -> None:
    rows = client.get("/improvement/departments/").context
    assert rows["missing"] == len(rows["rows"])
    add = "/registers/department-indicators/add/"
    given = {"title": "图纸会审请客服参加", "department": "design", "kpi": "csat", "weight": "15"}
    assert client.post(add, given | {"kpi": ""}).status_code == 422
    assert client.post(add, given).status_code == 302
    page = client.get("/improvement/departments/")
    flagged = {one.key for one in page.context["rows"] if one.is_missing}
    assert "design" not in flagged
    assert {"engineering", "finance", "hr"} <= flagged


@pytest.mark.spec("ANA-71")
def test_a_trial_without_feedback_cannot_be_adopted(client, chief) -> None:
    add = "/registers/experience-laboratory/add/"
    given = {"title": "AR看房", "idea": "在样板间试用", "group": "云栖里20组来访"}
    assert client.post(add, given).status_code == 302
    entry = RegisterEntry.objects.get()
    close = f"/registers/entries/{entry.pk}/close/"
    adopt = {"outcome": "adopted", "evidence": "全项目推广"}
    refused = client.post(close, adopt)
    assert refused.status_code == 422
    entry.refresh_from_db()
    assert entry.is_open
    edit = f"/registers/entries/{entry.pk}/edit/"
    form = client.get(edit).context["form"]
    more = given | {"feedback": "18组愿意推荐", "version": entry.version}
    assert client.post(edit, more | {"edit_base": form.edit_base}).status_code == 302
    assert client.post(close, adopt).status_code == 302
    entry.refresh_from_db()
    assert entry.state == "adopted"


@pytest.mark.spec("ANA-72")
def test_results_are_found_with_effect_and_interval(client) -> None:
    add = "/registers/experiment-results/add/"
    given = {
        "title": "首呼前发短信是否提高接通",
        "kind": "ab",
        "outcome": "接通",
        "control": "直接拨打",
        "control_n": "17293",
        "control_hits": "3785",
        "variant": "先发短信",
        "variant_n": "17260",
        "variant_hits": "3423",
        "ended_on": "2026-04-30",
        "campaign": "spring-sms",
    }
    assert client.post(add, given | {"variant_hits": "20000"}).status_code == 422
    assert client.post(add, given | {"control_n": "0"}).status_code == 422
    assert client.post(add, given).status_code == 302
    other = given | {"title": "上门礼品", "control": "无", "variant": "绿植", "campaign": ""}
    assert client.post(add, other).status_code == 302
    for words, count in (("短信", 1), ("绿植", 1), ("spring-sms", 1), ("接通", 2), ("无此", 0)):
        assert len(client.get("/improvement/experiments/", {"q": words}).context["rows"]) == count
    row = client.get("/improvement/experiments/", {"q": "短信"}).context["rows"][0]
    bounds = (row.effect.diff, row.effect.low, row.effect.high)
    assert bounds == pytest.approx((-2.0555, -2.9118, -1.1988), abs=1e-3)
    assert "-2.06" in client.get("/improvement/experiments/").content.decode()


def test_the_board_asks_as_much_for_one_as_for_twenty(
    client, make_item, django_assert_max_num_queries
) -> None:
    make_item()
    client.get("/improvement/")
    with django_assert_max_num_queries(40) as one:
        client.get("/improvement/")
    for number in range(19):
        make_item(title=f"改进{number}")
    with django_assert_max_num_queries(len(one)):
        assert client.get("/improvement/").context["columns"][0].count == 20
