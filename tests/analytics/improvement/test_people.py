"""Appraisals with appeal, the bonus fund, incentives, honours, candidates, the service star."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from analytics.improvement.errors import ImprovementError
from analytics.improvement.people_models import (
    Appeal,
    Appraisal,
    BonusRun,
    Honour,
    IncentiveAccount,
    IncentiveEntry,
    StarAward,
    StarNomination,
)
from analytics.improvement.services import appraising, stars
from analytics.improvement.services.appraising import Mark
from analytics.kpis.kinds import Place, ScopeKind
from analytics.reviews.rules.periods import Span, span_of
from crm_site.approvals.models import Approval
from crm_site.outbox.models import Message
from tests.conftest import make_user
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
FIRST = Span(date(2026, 1, 1), date(2026, 3, 31))
DIMENSIONS = ("acquisition", "retention", "satisfaction", "value")


def marks(value=80, words="客户来信"):
    return {key: Mark(D(value), words) for key in DIMENSIONS}


def typed(value="80", words="客户来信"):
    found = {f"{key}_mark": value for key in DIMENSIONS}
    return found | {f"{key}_evidence": words for key in DIMENSIONS}


def appraised(person, actor, now, *, span=FIRST, value=80):
    row, _new = appraising.open_appraisal(person=person, span=span, actor=actor, now=now)
    appraising.judge(appraisal=row, marks=marks(value), actor=actor, now=now)
    return appraising.publish(appraisal=row, actor=actor, now=now)


@pytest.mark.spec("ANA-35")
def test_a_score_follows_from_frozen_figures_and_an_appeal_keeps_both(
    client_for, figures, supervisor, chief, seller
) -> None:
    figures.set("conversion_rate", "12", place=seller.pk)  # 80 of 100, weight 40
    figures.set("churn_rate", "10")  # 50, weight 20
    figures.set("csat", "8.5")  # 100, weight 25
    figures.set("clv", "400000")  # 80, weight 15
    lead, own = client_for(supervisor), client_for(seller)
    made = lead.post("/appraisals/open/", {"person": seller.pk, "day": "2026-02-01"})
    row = Appraisal.objects.get()
    url = made["Location"]
    assert url == f"/appraisals/{row.pk}/"
    assert own.get(url).status_code == 404  # a draft is for who appraises
    assert lead.post(f"{url}publish/").status_code == 409
    base = lead.get(f"{url}edit/").context["form"].edit_base
    for wrong in (typed("101"), typed("80", "")):
        assert lead.post(f"{url}edit/", wrong | {"edit_base": base}).status_code == 422
    assert lead.post(f"{url}edit/", typed() | {"edit_base": base}).status_code == 302
    assert lead.post(f"{url}publish/").status_code == 302
    row.refresh_from_db()
    # (40*80 + 20*50 + 25*100 + 15*80) / 100 = 79; 70 % of it and 30 % of 80
    assert (row.quantitative, row.qualitative, row.total) == (D(79), D(80), D("79.30"))
    figures.set("csat", "1")
    again = appraising.recomputed(row)
    assert (again.quantitative, again.qualitative, again.total) == (D(79), D(80), D("79.30"))
    assert Message.objects.filter(kind="appraisal.published", recipient=seller).count() == 1
    assert own.get(url).context["scores"].total == D("79.30")
    assert own.post(f"{url}appeal/", {"text": ""}).status_code == 422
    assert own.post(f"{url}appeal/", {"text": "客户满意度被低估"}).status_code == 302
    assert own.post(f"{url}appeal/", {"text": "再来"}).status_code == 409
    answer = typed("95", "复核录音") | {"answer": "采纳"}
    assert lead.post(f"{url}decide/", answer).status_code == 403  # who appraised
    judge = client_for(chief)
    assert judge.post(f"{url}decide/", answer | {"answer": ""}).status_code == 422
    assert judge.post(f"{url}decide/", answer).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.total) == ("final", D("83.80"))
    assert (row.appeal.original, row.appeal.decided) == (D("79.30"), D("83.80"))
    page = own.get(url).content.decode()
    assert "79.30" in page
    assert "83.80" in page
    assert Message.objects.filter(kind="appraisal.appealed", recipient=chief).exists()


def test_appraisals_are_of_people_one_leads_and_of_periods_that_are_over(
    client_for, figures, org, supervisor, chief, seller, now
) -> None:
    other = UserFactory(node=org.team_b)
    lead = client_for(supervisor)
    assert (
        lead.post("/appraisals/open/", {"person": other.pk, "day": "2026-02-01"}).status_code == 422
    )
    today = timezone.localdate().isoformat()
    assert lead.post("/appraisals/open/", {"person": seller.pk, "day": today}).status_code == 409
    row = appraised(seller, supervisor, now)
    colleague = client_for(UserFactory(node=org.team_a))
    assert colleague.get(f"/appraisals/{row.pk}/").status_code == 404
    assert colleague.get(f"/results/{seller.pk}/").status_code == 404
    late = now + timedelta(days=11)
    with pytest.raises(ImprovementError):
        appraising.appeal(appraisal=row, text="太迟", actor=seller, now=late)
    assert not Appeal.objects.exists()


@pytest.mark.spec("ANA-36")
@pytest.mark.spec("ANA-37")
def test_a_fund_below_the_floor_is_flagged_approved_and_paid_by_ledger(
    client_for, figures, org, payer, chief, supervisor, seller, now
) -> None:
    mate = UserFactory(node=org.team_a, employee_no="A77")
    teller = client_for(payer)
    given = {"day": "2026-02-01", "total_pay": "200000"}
    assert teller.post("/bonus/add/", given).status_code == 409  # nobody is appraised
    appraised(seller, supervisor, now, value=100)
    appraised(mate, supervisor, now, value=0)
    for key in ("conversion_rate", "csat", "clv"):
        figures.set(key, "0")
    assert teller.post("/bonus/add/", given | {"total_pay": "0"}).status_code == 422
    made = teller.post("/bonus/add/", given)
    run = BonusRun.objects.get()
    assert made["Location"] == f"/bonus/{run.pk}/"
    assert (run.computed, run.share, run.is_below) == (D("9.60"), D(10), True)
    assert run.pool == D(20000)
    assert sum(line.amount for line in run.lines.all()) == D(20000)
    page = teller.get(f"/bonus/{run.pk}/")
    assert 'id="floor"' in page.content.decode()
    assert "A77" in page.content.decode()
    assert teller.post("/bonus/add/", given).status_code == 409
    assert teller.post(f"/bonus/{run.pk}/paid/").status_code == 409
    assert not IncentiveEntry.objects.exists()
    assert teller.post(f"/bonus/{run.pk}/ask/").status_code == 302
    approval = Approval.objects.get()
    signer = client_for(chief)
    signed = signer.post(f"/approvals/{approval.pk}/sign/", {"digest": approval.digest})
    assert signed.status_code == 302
    run.refresh_from_db()
    assert run.state == "approved"
    parts = dict(run.lines.values_list("person", "amount"))
    held = dict(IncentiveAccount.objects.values_list("person", "balance"))
    assert held == {key: amount for key, amount in parts.items() if amount}
    assert set(IncentiveEntry.objects.values_list("kind", flat=True)) == {"bonus"}
    assert teller.post(f"/bonus/{run.pk}/paid/").status_code == 302
    assert teller.post(f"/bonus/{run.pk}/paid/").status_code == 409
    for kind, amount in (("commission", "300"), ("reward", "88.50")):
        granted = {"kind": kind, "amount": amount, "note": "推荐成交"}
        assert teller.post(f"/results/{seller.pk}/grant/", granted).status_code == 302
    zero = {"kind": "reward", "amount": "0", "note": "无"}
    assert teller.post(f"/results/{seller.pk}/grant/", zero).status_code == 422
    account = IncentiveAccount.objects.get(person=seller)
    assert account.balance == parts[seller.pk] + D("388.50")
    entry = IncentiveEntry.objects.get(kind="commission")
    reverse = f"/results/{seller.pk}/entries/{entry.pk}/reverse/"
    assert teller.post(reverse, {"reason": ""}).status_code == 422
    assert teller.post(reverse, {"reason": "重复"}).status_code == 302
    assert teller.post(reverse, {"reason": "重复"}).status_code == 409
    account.refresh_from_db()
    assert account.balance == parts[seller.pk] + D("88.50")
    with pytest.raises(IntegrityError), transaction.atomic():
        IncentiveEntry.objects.filter(pk=entry.pk).update(amount=1)
    own = client_for(seller).get("/results/").content.decode()
    assert "推荐成交" in own


def test_a_refused_fund_pays_nothing_and_can_be_computed_again(
    client_for, figures, payer, chief, supervisor, seller, now
) -> None:
    appraised(seller, supervisor, now)
    teller = client_for(payer)
    given = {"day": "2026-02-01", "total_pay": "200000"}
    teller.post("/bonus/add/", given)
    run = BonusRun.objects.get()
    assert (run.is_below, run.computed) == (False, D("12.00"))
    teller.post(f"/bonus/{run.pk}/ask/")
    approval = Approval.objects.get()
    client_for(chief).post(f"/approvals/{approval.pk}/refuse/", {"reason": "口径有变"})
    run.refresh_from_db()
    assert run.state == "refused"
    assert not IncentiveEntry.objects.exists()
    assert teller.post("/bonus/add/", given).status_code == 302


@pytest.mark.spec("ANA-38")
def test_honours_stand_on_the_page_of_the_person(
    client_for, org, chief, seller, cast_admin
) -> None:
    lead = client_for(chief)
    url = f"/results/{seller.pk}/honour/"
    for kind, title in (("promotion", "储备主管"), ("title", "金牌顾问"), ("praise", "通报表扬")):
        given = {"kind": kind, "title": title, "reason": "连续两季满意度第一"}
        assert lead.post(url, given | {"given_on": "2999-01-01"}).status_code == 422
        assert lead.post(url, given | {"given_on": "2026-05-01"}).status_code == 302
    assert Honour.objects.count() == 3
    for page in (
        client_for(seller).get("/results/"),
        client_for(cast_admin).get(reverse("staff:user-detail", args=[seller.pk])),
    ):
        words = page.content.decode()
        assert page.status_code == 200
        assert all(title in words for title in ("储备主管", "金牌顾问", "通报表扬"))


@pytest.fixture
def cast_admin(org):
    return make_user(org, "sysadmin")


@pytest.mark.spec("ANA-39")
def test_the_rule_lists_candidates_by_their_history(
    client_for, figures, org, supervisor, chief, seller
) -> None:
    weak, single = UserFactory(node=org.team_a), UserFactory(node=org.team_a)
    at = datetime(2026, 7, 2, tzinfo=UTC)
    for start in (date(2026, 1, 1), date(2026, 4, 1)):
        span = span_of("quarter", start)
        figures.set("conversion_rate", "15", place=seller.pk)
        appraised(seller, supervisor, at, span=span, value=100)
        for key in ("conversion_rate", "churn_rate", "csat", "clv"):
            figures.set(key, "100" if key == "churn_rate" else "0", place=weak.pk)
        appraised(weak, supervisor, at, span=span, value=10)
    appraised(single, supervisor, at, value=100)
    rows = client_for(chief).get("/appraisals/candidates/").context["rows"]
    assert {(one.person, str(one.advice)) for one in rows} == {(seller, "promote"), (weak, "move")}
    assert client_for(seller).get("/appraisals/candidates/").status_code == 403


@pytest.mark.spec("ANA-40")
def test_the_star_is_voted_and_receives_the_setting_once_for_an_act(
    client_for, org, chief, seller, supervisor, monkeypatch
) -> None:
    mate = UserFactory(node=org.team_a, name="周明")
    may = datetime(2026, 5, 20, 2, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: may)
    voter, other = client_for(seller), client_for(supervisor)
    act = {"person": mate.pk, "act": "冒雨送业主就医", "happened_on": "2026-05-10"}
    assert voter.post("/star/", act | {"person": seller.pk}).status_code == 422
    assert voter.post("/star/", act | {"happened_on": "2026-06-10"}).status_code == 422
    assert voter.post("/star/", act).status_code == 302
    assert other.post("/star/", act | {"act": "冒雨送业主 就医"}).status_code == 409
    second = act | {"person": seller.pk, "act": "整理样板间"}
    assert other.post("/star/", second).status_code == 302
    first, last = StarNomination.objects.order_by("pk")
    assert client_for(mate).post(f"/star/{first.pk}/vote/").status_code == 409  # for oneself
    assert voter.post(f"/star/{first.pk}/vote/").status_code == 302
    assert other.post(f"/star/{last.pk}/vote/").status_code == 302
    assert other.post(f"/star/{first.pk}/vote/").status_code == 302  # moved, still one vote
    assert [one.n for one in voter.get("/star/").context["rows"]] == [2, 0]
    head = client_for(chief)
    assert head.post("/star/award/").status_code == 409  # the month is not over
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 6, 2, 2, tzinfo=UTC))
    voter, head = client_for(seller), client_for(chief)
    assert voter.post("/star/award/").status_code == 403
    assert head.post("/star/award/").status_code == 302
    award = StarAward.objects.get()
    assert (award.nomination, award.amount, award.votes) == (first, D(1000), 2)
    entry = IncentiveEntry.objects.get()
    assert (entry.kind, entry.amount, entry.account.person) == ("reward", D(1000), mate)
    assert head.post("/star/award/").status_code == 409
    assert voter.post(f"/star/{last.pk}/vote/").status_code == 409
    assert voter.post("/star/", act).status_code == 409  # awarded already
    assert IncentiveEntry.objects.count() == 1
    assert "冒雨送业主就医" in voter.get("/star/").content.decode()
    assert Message.objects.filter(kind="star.awarded", recipient=mate).count() == 1


def test_two_awards_of_one_act_cannot_be_written(org, chief, seller, now) -> None:
    person = UserFactory(node=org.team_a)
    given = stars.Act(person=person, act="深夜陪业主抢修", happened_on=date(2026, 4, 30))
    april = now - timedelta(days=20)
    row = stars.nominate(given=given, actor=seller, now=april)
    stars.vote(nomination=row, actor=seller, now=april)
    award = stars.award(month_on=row.month_on, actor=chief, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        StarAward.objects.create(
            month_on=date(2026, 5, 1),
            nomination=row,
            act_key=award.act_key,
            entry=award.entry,
            votes=1,
            at=now,
            by=chief,
        )


def test_an_agent_is_measured_by_own_figures_and_not_by_those_of_the_region(org, seller) -> None:
    agent = make_user(org, "agent")
    assert appraising.place_for(agent) == Place(ScopeKind.CONSULTANT, agent.pk)
    assert appraising.place_for(seller) == Place(ScopeKind.CONSULTANT, seller.pk)
    chief = make_user(org, "executive")
    assert appraising.place_for(chief) == Place(ScopeKind.REGION, org.region_east.pk)
