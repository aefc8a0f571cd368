"""Scorecard, grades, dependence, daily metrics and new media (MKT-31, 32, 69, 70, 71)."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from crm_site.outbox.models import Message
from crm_site.registers.models import RegisterEntry
from marketing.channels.models import (
    Channel,
    ChannelAppraisal,
    DailyMetric,
    LeadIntake,
    MediaAccount,
    MediaPost,
)
from marketing.channels.risks import RISKS
from marketing.channels.rules.kinds import DIGITAL, PLATFORMS
from marketing.channels.rules.scorecard import (
    Figures,
    Weights,
    depends_on,
    quarter_after,
    quarter_before,
    quarter_of,
    ranked,
    score_of,
)
from marketing.channels.services.appraising import freeze_quarter, scorecard, warn_of_dependence
from marketing.channels.tasks import appraise_channels
from tests.customers.importing import imported as imported_with
from tests.customers.test_import_revert import reverted
from tests.factories import CustomerFactory, LeadFactory

D = Decimal
WEIGHTS = Weights(
    weights={
        "deals": 25,
        "conversion": 25,
        "visits": 15,
        "cost": 15,
        "satisfaction": 10,
        "complaints": 10,
    },
    target_conversion=D(10),
    target_visits=D(40),
    target_deals=10,
    target_cost=D(10_000),
    cuts=(80, 60, 40),
)


@pytest.mark.spec("MKT-69")
def test_the_score_is_the_weighted_mean_of_its_marks():
    figures = Figures(leads=100, visits=20, deals=5, cost=D(100_000), complaints=1)
    score = score_of(figures, WEIGHTS)
    # 25×50 + 25×50 + 15×50 + 15×50 + 10×75 over 90; satisfaction has no data
    assert score.value == D("52.78")
    assert (score.grade, score.advice) == ("C", "keep")
    assert dict(score.marks)["complaints"] == 75
    assert "satisfaction" not in dict(score.marks)
    best = score_of(
        Figures(leads=100, visits=40, deals=10, cost=D(100_000), satisfaction=D(100)), WEIGHTS
    )
    assert (best.value, best.grade, best.advice) == (100, "A", "raise")
    worst = score_of(Figures(leads=100, cost=D(1), complaints=4), WEIGHTS)
    assert (worst.value, worst.grade, worst.advice) == (0, "D", "cut")


@pytest.mark.spec("MKT-69")
def test_the_ranking_is_stable():
    same, other = score_of(Figures(), WEIGHTS), score_of(Figures(leads=1), WEIGHTS)
    rows = [("b", same, 1), ("a", same, 2), ("c", other, 3)]
    assert (
        [row[2] for row in ranked(rows)] == [row[2] for row in ranked(reversed(rows))] == [2, 1, 3]
    )


def test_one_channel_above_half_of_the_contracts_is_dependence():
    assert depends_on({"a": 5, "b": 5}, limit=D(50)) is None
    assert depends_on({"a": 6, "b": 4}, limit=D(50)) == ("a", 60)
    assert depends_on({}, limit=D(50)) is None


def test_quarters_follow_each_other():
    assert quarter_of(date(2026, 5, 20)) == date(2026, 4, 1)
    assert quarter_before(date(2026, 1, 1)) == date(2025, 10, 1)
    assert quarter_after(date(2026, 10, 1)) == date(2027, 1, 1)


@pytest.fixture
def channels(db: None) -> list[Channel]:
    return [
        Channel.objects.create(code="walk_in", name="自然来访", type="offline", subtype="walk_in"),
        Channel.objects.create(code="search_engine", name="百度", type="online", subtype="sem"),
    ]


@pytest.mark.django_db
@pytest.mark.spec("MKT-69")
def test_the_scorecard_counts_leads_visits_and_cost_of_its_quarter(
    channels, org, client_for, manager
):
    now = timezone.now()
    first = quarter_of(timezone.localdate(now))
    customer = CustomerFactory(project=org.project_one, region=org.region_east)
    for place in range(4):
        lead = LeadFactory(customer=customer, source="search_engine", received_at=now)
        if place == 0:
            lead.events.create(at=now, kind="state", to_value="visited")
    DailyMetric.objects.create(channel=channels[1], on=timezone.localdate(now), cost=D("1200.50"))
    lines = {line.subject.code: line.figures for line in scorecard(first, now=now)[0]}
    assert (lines["search_engine"].leads, lines["search_engine"].visits) == (4, 1)
    assert lines["search_engine"].cost == D("1200.50")
    assert lines["walk_in"].leads == 0
    page = client_for(manager).get("/channels/scorecard/")
    assert page.status_code == 200
    assert [line.subject.code for line in page.context["channels"]] == list(lines)


@pytest.mark.django_db
@pytest.mark.spec("MKT-70")
def test_a_quarter_is_graded_once_when_it_is_over(channels, partner, brought, make_partner):
    now = timezone.now()
    current = quarter_of(timezone.localdate(now))
    assert freeze_quarter(current, now=now) == 0
    former = quarter_before(current)
    then = timezone.make_aware(datetime.combine(former, time(9)))
    LeadIntake.objects.update(at=then)
    LeadFactory(customer=brought.customer, source="walk_in", received_at=then)
    make_partner("中原地产")  # brought nobody: not graded
    appraise_channels()
    rows = ChannelAppraisal.objects.filter(quarter=former)
    assert rows.filter(partner=partner).count() == 1
    assert rows.filter(channel=channels[0]).count() == 1
    assert rows.count() == 2
    before = rows.count()
    rows.filter(partner=partner).update(grade="A")
    appraise_channels()
    assert rows.count() == before
    assert rows.get(partner=partner).grade == "A"  # what stands is not graded anew


@pytest.mark.django_db
@pytest.mark.spec("MKT-71")
def test_dependence_above_half_warns_once(brought, deal, manager, client_for):
    assert warn_of_dependence(now=timezone.now()) == 0
    deal(brought)
    now = timezone.now()
    assert warn_of_dependence(now=now) == 1
    assert warn_of_dependence(now=now) == 0
    entry = RegisterEntry.objects.get(register=RISKS)
    assert (entry.values["kind"], entry.owner) == ("dependence", manager)
    assert Message.objects.filter(kind="channels.dependence", recipient=manager).exists()
    page = client_for(manager).get("/channels/scorecard/")
    assert page.context["dependence"] == {"name": "渠道中介", "share": D(100)}
    assert client_for(manager).get(f"/registers/{RISKS}/").status_code == 200


HEAD = ["日期", "渠道", "账号", "展现量", "点击量", "互动量", "消耗", "线索量"]


def load(rows: list[list[str]], actor: Any) -> Any:
    return imported_with([HEAD, *rows], actor=actor, now=timezone.now(), kind="daily_metrics")


@pytest.mark.django_db
@pytest.mark.spec("MKT-31")
def test_a_report_of_each_digital_kind_becomes_metrics_with_ctr_and_cpl(org, manager, client_for):
    codes = ["search_engine", "social_media", "wechat", "website", "advertising"]
    for code, kind in zip(codes, DIGITAL, strict=True):
        Channel.objects.create(code=code, name=f"渠道 {kind}", type="online", subtype=kind.value)
    day = timezone.localdate().isoformat()
    rows = [[day, code, "", "10,000", "250", "", "5000", "20"] for code in codes]
    job = load(rows, manager)
    assert job.counts == {"created": 5}
    client = client_for(manager)
    for channel in Channel.objects.all():
        sums = client.get(f"/channels/{channel.pk}/").context["sums"]
        assert (sums["ctr"], sums["cpl"]) == (D("2.50"), D("250.00")), channel.subtype
    again = load(rows, manager)
    assert again.counts == {"unchanged": 5}
    changed = load([[day, codes[0], "", "10000", "300", "", "5000", "20"]], manager)
    assert changed.counts == {"updated": 1}
    reverted(changed, now=timezone.now())
    assert DailyMetric.objects.get(channel__code=codes[0]).clicks == 250


@pytest.mark.django_db
def test_dirty_rows_of_a_report_are_named_and_not_written(org, manager):
    Channel.objects.create(code="search_engine", name="百度", type="online", subtype="sem")
    day = timezone.localdate()
    bad = [
        [(day + timedelta(days=1)).isoformat(), "search_engine", "", "1", "", "", "", ""],
        [day.isoformat(), "nowhere", "", "1", "", "", "", ""],
        [day.isoformat(), "search_engine", "", "-1", "", "", "", ""],
        [day.isoformat(), "search_engine", "", "10", "11", "", "", ""],
        [day.isoformat(), "", "", "10", "1", "", "", ""],
        [day.isoformat(), "", "unknown", "10", "1", "", "", ""],
        ["", "search_engine", "", "10", "1", "", "", ""],
    ]
    job = load(bad, manager)
    assert job.counts == {"bad": 7}
    assert not DailyMetric.objects.exists()


@pytest.mark.django_db
@pytest.mark.spec("MKT-32")
def test_each_platform_has_account_posts_and_daily_figures(org, manager, client_for):
    channel = Channel.objects.create(
        code="short_video", name="短视频", type="online", subtype="douyin"
    )
    client, day = client_for(manager), timezone.localdate().isoformat()
    for platform in PLATFORMS:
        account = {"platform": platform.value, "handle": f"安居-{platform}", "channel": channel.pk}
        made = client.post("/channels/media/add/", account | {"idempotency_key": f"a-{platform}"})
        assert made.status_code == 302
        post = {"title": "样板间", "on": day, "reach": 5000, "interactions": 90, "leads": 3}
        url = f"{made.url}post/"
        assert client.post(url, post | {"idempotency_key": f"p-{platform}"}).status_code == 302
    twice = client.post("/channels/media/add/", account | {"idempotency_key": "again"})
    assert twice.status_code == 422
    rows = [[day, "", f"安居-{one}", "1000", "50", "30", "100", "2"] for one in PLATFORMS]
    assert load(rows, manager).counts == {"created": 7}
    assert MediaAccount.objects.values("platform").distinct().count() == 7
    assert MediaPost.objects.count() == 7
    page = client.get(f"/channels/media/{MediaAccount.objects.first().pk}/")
    assert page.context["days"][0]["rates"] == {"ctr": D("5.00"), "cpl": D("50.00")}
    assert "样板间" in page.content.decode()
