"""What campaigns brought: figures by hand, the rows behind them, plans kept, kinds compared."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from crm_site.questionnaires.services import Filled, begin_sheet, ensure_default, save_sheet
from customers.models import LeadEvent
from customers.purchase.models import Purchase
from marketing.campaigns import hooks
from marketing.campaigns.checks import SCENE
from marketing.campaigns.effects import BEHIND, effects_of
from marketing.campaigns.models import Campaign, CampaignReview
from marketing.campaigns.services import running as life
from marketing.campaigns.services.costs import Charge, CostDraft, book_cost
from service.surveys.defaults import SERVICE
from service.surveys.models import Survey, SurveyResponse
from tests.conftest import make_user
from tests.factories import NOW, CustomerFactory, LeadFactory, UserFactory

pytestmark = pytest.mark.django_db
D = Decimal
MAY = date(2026, 5, 6)


@pytest.fixture
def seller(org):
    return UserFactory(node=org.team_a)


@pytest.fixture
def bring(seller):
    """Make a lead of a campaign, in a state, with a contract where it signed."""

    def made(campaign, *, source="walk_in", state="new", phase="new", ended=False, price=2_000_000):
        customer = CustomerFactory(owner=seller, phase=phase)
        lead = LeadFactory(
            customer=customer,
            source=source,
            campaign=campaign.code,
            state=state,
            lost_reason="预算不足" if state == "lost" else "",
        )
        if state == "signed":
            Purchase.objects.create(
                project=lead.project,
                customer=customer,
                lead=lead,
                consultant=seller,
                state="released" if ended else "presubscribed",
                state_since=NOW,
                begun_at=NOW,
                expires_at=NOW,
                signed_at=NOW,
                ended_at=NOW if ended else None,
                agreed_total=D(price),
            )
        return lead

    return made


@pytest.fixture
def survey_answer(org):
    """Write a rated answer of a customer."""
    version = ensure_default(SERVICE).latest()
    survey = Survey.objects.create(
        title="满意度",
        questionnaire=version.questionnaire,
        version=version,
        trigger="manual",
        state="open",
        opened_at=NOW,
    )

    def answer(customer, rating):
        return SurveyResponse.objects.create(
            survey=survey,
            version=version,
            customer=customer,
            project=customer.project,
            trigger="manual",
            rating=rating,
            at=NOW,
            month_on=date(2026, 5, 1),
        )

    return answer


def spend(campaign, amount, *, channel="", now=NOW):
    charge = Charge(campaign=campaign, channel_code=channel)
    draft = CostDraft(on=MAY, amount=D(amount), note="投放", charge=charge)
    return book_cost(draft=draft, actor=None, now=now)


@pytest.mark.spec("MKT-76")
def test_an_effect_by_hand_with_the_rows_behind_each_figure(
    client, running, bring, now, marketer
) -> None:
    row, other = running(), running(code="other", budget=D(10_000))
    for state in ("new", "new", "qualified", "visited", "lost"):
        bring(row, state=state)
    was_qualified = bring(row, state="lost")
    LeadEvent.objects.create(
        lead=was_qualified, at=now, kind="state", from_value="contacted", to_value="qualified"
    )
    bring(row, state="signed")
    bring(row, state="signed", phase="churned", price=1_000_000)
    bring(row, state="signed", ended=True)
    bring(other, state="signed")
    bring(row, source="douyin")
    spend(row, 12_000, channel="walk_in")
    spend(row, 6_000, channel="douyin")  # one lead, none qualified
    found = {}

    def satisfaction(gained):
        found.update(gained)
        return {row.code: (D("8.5"), 2)}

    hooks.register_satisfaction_source("test", satisfaction)
    hooks.register_exposure_source("test", lambda codes: {row.code: 5000})
    try:
        effect = effects_of([row, other], now=now)[row.pk]
        page = client.get(f"/campaigns/{row.pk}/effect/")
    finally:
        hooks.forget("test")
    counts = effect.counts
    assert (counts.leads, counts.qualified, counts.visits) == (10, 6, 4)
    assert (counts.deals, counts.revenue) == (2, D(3_000_000))
    assert (counts.gained, counts.kept) == (3, 1)
    assert effect.conversion == D("20.00")
    assert effect.retention == D("33.33")
    assert (effect.satisfaction, effect.answers, effect.exposure) == (D("8.50"), 2, 5000)
    # 15 % of 3 million is 450,000: (450,000 - 18,000) / 18,000
    assert effect.roi == D("2400.00")
    assert effect.wasted == D(6_000)
    assert (effect.per_lead, effect.per_deal) == (D("1800.00"), D("9000.00"))
    assert len(found[row.code]) == 3
    words = page.content.decode()
    for figure in ("20.00 %", "33.33 %", "8.50", "2400.00 %", "6,000"):
        assert figure in words
    for figure in BEHIND:
        shown = client.get(f"/campaigns/{row.pk}/rows/?of={figure}")
        expected = 2 if figure == "cost" else getattr(counts, figure)
        assert (shown.context["total"], shown.context["hidden"]) == (expected, 0), figure
        assert len(shown.context["rows"]) == expected, figure
    assert client.get(f"/campaigns/{row.pk}/rows/?of=secrets").status_code == 404


def test_satisfaction_is_that_of_the_customers_gained(running, bring, survey_answer, now) -> None:
    row = running()
    gained = [bring(row, state="signed").customer for _one in range(3)]
    only_asked = bring(row).customer
    for customer, rating in ((gained[0], 9), (gained[1], 6), (gained[1], 9), (only_asked, 1)):
        survey_answer(customer, D(rating))
    effect = effects_of([row], now=now)[row.pk]
    assert (effect.satisfaction, effect.answers) == (D("8.00"), 3)


def test_no_data_is_said_and_not_zero(client, running) -> None:
    row = running()
    effect = effects_of([row], now=NOW)[row.pk]
    assert (effect.conversion, effect.retention, effect.roi, effect.satisfaction) == (None,) * 4
    assert (effect.exposure, effect.experience, effect.per_lead) == (None, None, None)
    assert "--" in client.get(f"/campaigns/{row.pk}/effect/").content.decode()


def test_rows_that_a_person_may_not_see_are_counted_and_not_shown(
    client_for, org, running, bring
) -> None:
    row = running()
    bring(row)
    bring(row)
    lead = make_user(org, "supervisor")
    lead.node = org.team_a2
    lead.save()
    reader = client_for(lead)
    shown = reader.get(f"/campaigns/{row.pk}/rows/?of=leads")
    assert (shown.context["total"], shown.context["hidden"]) == (2, 2)
    assert shown.context["rows"] == []
    assert reader.get(f"/campaigns/{row.pk}/rows/?of=cost").status_code == 404
    page = reader.get(f"/campaigns/{row.pk}/effect/").content.decode()
    assert "?of=cost" not in page


def test_a_review_keeps_the_figures_of_its_day(client, running, bring, marketer, now) -> None:
    row = running()
    bring(row, state="signed")
    spend(row, 10_000)
    life.end(campaign=row, actor=marketer, now=now)
    judged = CampaignReview(judgement="达标", has_no_feedback=True)
    life.review(campaign=row, judged=judged, actor=marketer, now=now)
    bring(row)
    kept = CampaignReview.objects.get().figures
    assert (kept["conversion"], kept["counts"]["leads"], kept["roi"]) == ("100.00", 1, "2900.00")
    assert "100.00 %" in client.get(f"/campaigns/{row.pk}/").content.decode()


@pytest.mark.spec("MKT-16")
def test_visits_and_experience_of_a_scene_campaign_belong_to_its_leads(
    client, running, bring, seller, now
) -> None:
    row = running(kind="scene")
    leads = [bring(row, state="visited") for _one in range(3)]
    stranger = bring(running(code="other", budget=D(0)), state="visited")
    form = ensure_default(SCENE)
    for lead, value in ((leads[0], "10"), (leads[1], "1"), (stranger, "1")):
        sheet = begin_sheet(questionnaire=form, subject_id=lead.pk, author=seller, now=now)
        answers = {f"q{number}": value for number in range(1, 6)}
        save_sheet(
            sheet=sheet, filled=Filled(answers=answers), complete=True, actor=seller, now=now
        )
    effect = effects_of([row], now=now)[row.pk]
    assert (effect.counts.visits, effect.experience, effect.experiences) == (3, D("50.00"), 2)
    page = client.get(f"/campaigns/{row.pk}/")
    assert "50.00" in page.content.decode()
    shown = client.get(f"/campaigns/{row.pk}/rows/?of=visits").context["rows"]
    assert {one.title for one in shown} == {lead.customer.name for lead in leads}
    asked = client.get(shown[0].ask_url)
    assert asked.status_code == 200
    assert str(asked.context["form"].initial["subject"]) in {str(lead.pk) for lead in leads}


@pytest.mark.spec("MKT-15")
def test_the_report_sets_the_network_beside_adverts(client, running, bring) -> None:
    network = running(kind="network", code="network", budget=D(20_000))
    advert = running(kind="advert", code="advert", budget=D(60_000))
    for _one in range(4):
        bring(network, state="signed", source="referral")
    bring(advert, state="signed", source="douyin")
    bring(advert, state="new", source="douyin")
    spend(network, 8_000)
    spend(advert, 40_000)
    page = client.get("/campaigns/report/?year=2026")
    report = page.context["report"]
    assert (report.network.per_deal, report.advert.per_deal) == (D("2000.00"), D("40000.00"))
    assert (report.network.conversion, report.advert.conversion) == (D("100.00"), D("50.00"))
    words = page.content.decode()
    assert 'id="network"' in words
    assert "2,000" in words
    assert "40,000" in words


@pytest.mark.spec("MKT-05")
def test_the_report_gives_the_share_of_the_unplanned_and_the_days_behind(
    client, make_campaign, running, marketer, now
) -> None:
    late = running(code="late", budget=D(1_000))  # planned for the 1st, launched on the 20th
    Campaign.objects.filter(pk=late.pk).update(
        state="ended", over_on=date(2026, 6, 6), begun_on=date(2026, 5, 20)
    )
    make_campaign(code="order", is_unplanned=True, ordered_by="董事长")
    make_campaign(code="open")
    stopped = make_campaign(code="stopped")
    life.stop(campaign=stopped, reason="撤", actor=marketer, now=now)
    page = client.get("/campaigns/report/?year=2026")
    kept = page.context["report"].discipline
    assert (kept.number, kept.unplanned, kept.unplanned_share) == (3, 1, D("33.33"))
    assert kept.slippage == D("6.00")
    rows = {one.campaign.code: one.slippage for one in page.context["rows"]}
    assert rows == {"late": 6, "order": None, "open": None}
    words = page.content.decode()
    assert "33.33 %" in words
    assert "董事长" in words
    listed = client.get("/campaigns/?unplanned=yes").context["rows"]
    assert [one.campaign.code for one in listed] == ["order"]
    assert client.get("/campaigns/report/?year=2020").context["report"].discipline.number == 0


@pytest.mark.parametrize("number", [1, 20])
def test_the_report_takes_as_many_statements_for_one_as_for_twenty(
    client, make_campaign, django_assert_max_num_queries, number
) -> None:
    for place in range(number):
        make_campaign(code=f"c{place}", starts_on=date(2026, 5, 1) + timedelta(days=place))
    client.get("/campaigns/report/?year=2026")
    with django_assert_max_num_queries(30):
        shown = client.get("/campaigns/report/?year=2026")
    assert len(shown.context["rows"]) == number
