"""Market knowledge, comparison sheets, brand, papers of the company, digests; through the pages."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from crm_site.documents.registry import document_kind
from crm_site.outbox.models import Message
from crm_site.registers.models import RegisterEntry
from customers.models import Interaction
from marketing.planning.brand import from_survey
from marketing.planning.models import SheetSending
from marketing.planning.papers import PROFILE, SHEET, STRATEGY
from marketing.planning.selectors import company_profile, unusable_points, usable_selling_points
from marketing.planning.tasks import watch_planning
from tests.conftest import make_user
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
SURVEY = {
    "title": "改善客户最看重什么",
    "method": "interview",
    "done_on": "2026-05-01",
    "result": "学区与物业",
    "use": "定位",
}
RIVAL = {
    "title": "江畔府",
    "kind": "group",
    "developer": "大集团",
    "project": "yunqili",
    "price": "21000",
    "points": "地铁口",
    "source": "网签公示",
    "seen_on": "2026-05-01",
}
TREND = {
    "title": "首付比例下调",
    "trend": "policy",
    "seen_on": "2026-05-01",
    "source": "市住建局",
    "effect": "首改客户提前入市",
    "decision": "none",
}


@pytest.fixture
def seller(org):
    return make_user(org, "consultant")


@pytest.fixture
def buyer(seller):
    return CustomerFactory(owner=seller, name="高雅琴")


def add(client, register, values, query=""):
    return client.post(f"/registers/{register}/add/{query}", values)


@pytest.mark.spec("MKT-08")
def test_a_survey_older_than_a_quarter_is_flagged(
    client, client_for, marketer, on_day, now
) -> None:
    on_day(now)
    for key in ("method", "result", "use", "title"):
        assert add(client, "market-surveys", SURVEY | {key: ""}).status_code == 422
    assert add(client, "market-surveys", SURVEY).status_code == 302
    entry = RegisterEntry.objects.get()
    fresh = client.get("/registers/market-surveys/", headers=ENGLISH).content.decode()
    assert "Too old" not in fresh
    on_day(datetime(2026, 8, 1, 2, tzinfo=UTC))  # 92 days later
    client = client_for(marketer)
    for url in ("/registers/market-surveys/", f"/registers/entries/{entry.pk}/"):
        assert "Too old: ask again" in client.get(url, headers=ENGLISH).content.decode()
    rows = client.get("/planning/market/").context["surveys"]
    assert [bool(row["flag"]) for row in rows] == [True]
    watch_planning()
    watch_planning()
    assert Message.objects.get(kind="planning.stale").recipient_id == marketer.pk


@pytest.mark.spec("MKT-09")
@pytest.mark.parametrize("trend", ["policy", "demand", "technology", "green", "regions"])
def test_a_trend_names_the_plan_that_follows_or_says_no_action(
    client, write, trend, on_day, now
) -> None:
    on_day(now)
    plan = write(STRATEGY)
    follows = TREND | {"trend": trend, "decision": "plan"}
    for number in ("", "MS-99999"):
        answer = add(client, "market-trends", follows | {"plan": number})
        assert answer.status_code == 422
        assert "plan" in answer.context["form"].errors
    assert add(client, "market-trends", follows | {"plan": plan.number}).status_code == 302
    assert add(client, "market-trends", TREND | {"trend": trend}).status_code == 302
    shown = client.get("/planning/market/", headers=ENGLISH).context["trends"]
    assert [str(row["decision"]) for row in shown] == ["No action", plan.number]


@pytest.mark.spec("MKT-10")
def test_the_comparison_shows_what_is_older_than_thirty_days(client, on_day, now) -> None:
    on_day(now)
    for number, kind in enumerate(("group", "regional", "platform")):
        values = RIVAL | {"kind": kind, "title": f"竞品 {number}", "price": str(21000 + number)}
        assert add(client, "competitors", values).status_code == 302
    stale = RIVAL | {"title": "旧闻苑", "seen_on": "2026-04-19", "price": "19000"}
    assert add(client, "competitors", stale).status_code == 302
    elsewhere = RIVAL | {"title": "江南竞品", "project": "jiangnanli"}
    assert add(client, "competitors", elsewhere).status_code == 302
    assert add(client, "competitors", RIVAL | {"source": ""}).status_code == 422
    assert add(client, "competitors", RIVAL | {"project": "nowhere"}).status_code == 422
    page = client.get("/planning/market/?project=yunqili", headers=ENGLISH)
    rows = page.context["competitors"]
    assert [(row.entry.title, bool(row.flag)) for row in rows] == [
        ("旧闻苑", True),
        ("竞品 0", False),
        ("竞品 1", False),
        ("竞品 2", False),
    ]
    assert page.content.decode().count("Out of date") == 1


@pytest.mark.spec("MKT-11")
def test_only_an_approved_unexpired_sheet_is_handed_over_and_that_is_logged(
    client_for, seller, buyer, write, approve, org, on_day, now
) -> None:
    on_day(now)
    sheet = write(SHEET, about=org.project_one.pk, end=date(2026, 6, 30))
    page, url = client_for(seller), reverse("marketing:customer-sheets", args=[buyer.pk])
    given = {"sheet": sheet.pk, "channel": "wechat"}
    assert page.post(url, given).status_code == 422  # a draft is nothing to choose
    approve(sheet)
    assert page.post(url, given).status_code == 302
    sending = SheetSending.objects.get()
    assert (sending.customer, sending.version.number, sending.sent_by) == (buyer, 1, seller)
    talk = Interaction.objects.get(customer=buyer)
    assert sheet.number in talk.content
    sent = Message.objects.get(kind="planning.sheet")
    assert (sent.channel, sent.addressee_id) == ("wechat", str(buyer.pk))
    on_day(datetime(2026, 7, 1, 2, tzinfo=UTC))
    page = client_for(seller)
    answer = page.post(url, given, headers=ENGLISH)
    assert answer.status_code == 409
    assert "No approved version" in answer.content.decode()
    assert SheetSending.objects.count() == 1
    assert sheet.number in page.get(url).content.decode()


def test_a_sheet_without_sources_or_last_day_is_not_signed(
    client, chief, write, org, on_day, now
) -> None:
    on_day(now)
    about = org.project_one.pk
    endless = write(SHEET, about=about)
    assert client.post(f"/documents/{endless.pk}/submit/").status_code == 409
    sources = str(document_kind(SHEET).sections[-1])
    bare = write(SHEET, about=about, end=date(2026, 6, 30), without=sources)
    assert client.post(f"/documents/{bare.pk}/submit/").status_code == 409
    whole = write(SHEET, about=about, end=date(2026, 6, 30))
    assert client.post(f"/documents/{whole.pk}/submit/").status_code == 302


def test_the_log_of_sheets_shows_only_customers_one_sees(
    client, client_for, seller, buyer, write, approve, org, on_day, now
) -> None:
    on_day(now)
    sheet = approve(write(SHEET, about=org.project_one.pk, end=date(2026, 6, 30)))
    url = reverse("marketing:customer-sheets", args=[buyer.pk])
    client_for(seller).post(url, {"sheet": sheet.pk, "channel": "paper"})
    assert "高雅琴" in client.get("/planning/sheets/").content.decode()
    other = make_user(org, "supervisor")
    other.node = org.team_c
    other.save()
    assert "高雅琴" not in client_for(other).get("/planning/sheets/").content.decode()


@pytest.mark.spec("MKT-12")
def test_a_selling_point_without_evidence_cannot_be_used_in_adverts(
    client, org, on_day, now
) -> None:
    on_day(now)
    project = org.project_one.pk
    point = {"title": "绿化率 38%", "kind": "greenery", "contrast": "周边 30%"}
    query = f"?subject={project}"
    answer = add(client, "selling-points", point | {"released": "on"}, query)
    assert answer.status_code == 422
    assert "evidence" in answer.context["form"].errors
    assert add(client, "selling-points", point, query).status_code == 302
    entry = RegisterEntry.objects.get()
    assert not usable_selling_points(project).exists()
    assert unusable_points([entry.pk]) == ["绿化率 38%"]
    page = client.get("/planning/market/", headers=ENGLISH).content.decode()
    assert "No evidence: not for adverts" in page
    proven = point | {"evidence": "规划许可证附图", "released": "on"}
    assert add(client, "selling-points", proven, query).status_code == 302
    assert usable_selling_points(project).count() == 1
    assert unusable_points([usable_selling_points(project).get().pk]) == []


@pytest.mark.spec("MKT-18")
def test_four_series_of_the_brand_stand_on_one_chart_with_their_methods(
    client, on_day, now
) -> None:
    on_day(now)
    empty = client.get("/planning/brand/", headers=ENGLISH)
    assert "Nothing measured yet" in empty.content.decode()
    for place, component in enumerate(("awareness", "loyalty", "association", "premium")):
        for year in (2024, 2025):
            values = {
                "title": f"{year}",
                "component": component,
                "year": str(year),
                "value": str(20 + place + year - 2024),
                "method": f"问卷 {component} {year}",
            }
            assert add(client, "brand-measures", values).status_code == 302
    page = client.get("/planning/brand/", headers=ENGLISH)
    chart, text = page.context["chart"], page.content.decode()
    assert [series.key for series in chart.series] == [
        "awareness", "loyalty", "association", "premium",
    ]  # fmt: skip
    assert [[dot.value for dot in one.dots] for one in chart.series] == [
        [Decimal(20 + place), Decimal(21 + place)] for place in range(4)
    ]
    assert text.count("<polyline") == 4
    assert "问卷 loyalty 2025" in text
    assert add(client, "brand-measures", {**values, "method": ""}).status_code == 422


def test_the_survey_of_the_brand_gives_the_points_of_its_year(client, on_day, now) -> None:
    on_day(now)
    begun = client.post("/questionnaires/brand-survey/begin/", {})
    assert begun.status_code == 302
    base = client.get(begun["Location"]).context["form"].edit_base
    given = {"q1": "yes", "q2": "1", "q3": "10", "q4": "10", "q5": "3", "q6": "3"}
    answers = {f"q-{key}": value for key, value in given.items()}
    client.post(begun["Location"], answers | {"edit_base": base, "complete": "1"})
    assert from_survey(2026) == {
        "awareness": (Decimal("50.0"), 1),
        "loyalty": (Decimal("100.0"), 1),
        "association": (Decimal("50.0"), 1),
    }
    assert from_survey(2025)["awareness"] == (None, 0)


@pytest.mark.spec("MKT-20")
def test_a_certificate_near_its_end_alerts_and_the_profile_is_there_for_adverts(
    client, client_for, marketer, write, approve, on_day, now
) -> None:
    on_day(now)
    paper = {
        "title": "一级开发资质",
        "number": "建开企 001",
        "issuer": "住建部",
        "due_at": "2026-07-19T18:00",
    }
    assert add(client, "company-certificates", paper | {"due_at": ""}).status_code == 422
    assert add(client, "company-certificates", paper).status_code == 302
    later = paper | {"title": "绿色认证", "due_at": "2027-07-19T18:00"}
    assert add(client, "company-certificates", later).status_code == 302
    on_day(now - timedelta(days=5))
    watch_planning()
    assert not Message.objects.filter(kind="planning.certificate").exists()
    on_day(now + timedelta(days=1))
    watch_planning()
    watch_planning()
    told = Message.objects.filter(kind="planning.certificate", recipient=marketer)
    assert [message.params["title"] for message in told] == ["一级开发资质"]
    client = client_for(marketer)
    rows = client.get("/planning/brand/").context["certificates"]
    assert {row["entry"].title: bool(row["flag"]) for row in rows} == {
        "一级开发资质": True,
        "绿色认证": False,
    }
    assert company_profile(now=now) == []
    approve(write(PROFILE))
    assert [one["text"] for one in company_profile(now=now)]
    assert company_profile(now=now)[0]["text"] in client.get("/planning/brand/").content.decode()


@pytest.mark.spec("MKT-30")
def test_a_new_digest_is_found_in_the_knowledge_base(
    client, client_for, seller, write, on_day, now
) -> None:
    on_day(now)
    digest = write("policy-digest")
    page = client_for(seller)
    assert digest.title not in page.get(reverse("service:article-search")).content.decode()
    assert client.post(f"/documents/{digest.pk}/submit/").status_code == 302
    answer = page.get(reverse("service:article-search"), {"q": "写明"}).content.decode()
    assert digest.number in answer


def test_the_market_is_drawn_with_few_statements(
    client, on_day, now, django_assert_max_num_queries
) -> None:
    on_day(now)
    add(client, "competitors", RIVAL)
    add(client, "market-surveys", SURVEY)
    add(client, "market-trends", TREND)
    client.get("/planning/market/")
    with django_assert_max_num_queries(40) as one:
        client.get("/planning/market/")
    few = len(one)
    for number in range(19):
        add(client, "competitors", RIVAL | {"title": f"竞品 {number}"})
        add(client, "market-surveys", SURVEY | {"title": f"调研 {number}"})
        add(client, "market-trends", TREND | {"title": f"趋势 {number}"})
    with django_assert_max_num_queries(few + 1):
        page = client.get("/planning/market/")
    assert [len(page.context[key]) for key in ("competitors", "surveys", "trends")] == [20] * 3
