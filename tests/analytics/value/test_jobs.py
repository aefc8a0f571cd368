"""Groups, rules, forecasts, likeness and advice: the jobs, what they keep, the decisions."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from django.urls import reverse

from analytics.churn.models import ChurnLoss
from analytics.value.models import (
    AdviceCard,
    BasketRule,
    ClusterMember,
    ClusterRun,
    CustomerValue,
    Forecast,
    LikelyValue,
    MixPlan,
    ValueModel,
)
from analytics.value.services.advising import advise
from analytics.value.services.discovering import discover
from analytics.value.services.foreseeing import forecast_all
from analytics.value.services.grouping import group_customers, regroup
from analytics.value.services.lasting import measure_lasting
from analytics.value.services.mining import mine_wishes
from analytics.value.services.valuing import value_customers
from analytics.value.words import cluster_name
from customers.models import Customer, CustomerStanding, Lead, LeadEvent, PhaseEvent, Preference
from tests.analytics.value.conftest import refuse
from tests.factories import CustomerFactory, InteractionFactory, LeadFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def crowd(seller, now):
    """Forty keen customers with large budgets and forty quiet ones with small budgets."""
    rng = np.random.default_rng(4)
    people = []
    for place in range(80):
        keen = place < 40
        budget = 6_000_000 + int(rng.normal(0, 1e5)) if keen else 900_000 + int(rng.normal(0, 5e4))
        one = CustomerFactory(
            owner=seller, buying_stage="deciding" if keen else "preparing", budget_max=budget
        )
        CustomerStanding.objects.create(
            customer=one, activity=80 + place % 5 if keen else 5 + place % 5, computed_at=now
        )
        people.append(one)
    value_customers(now=now)
    return people


@pytest.mark.spec("ANA-42")
def test_groups_are_found_named_frozen_and_kept_stable(crowd, client_for, executive, now):
    run = group_customers(now=now)
    assert (run.k, run.customers, run.stayed) == (2, 80, None)
    names = {cluster_name(c.words): c.size for c in run.clusters.all()}
    assert sorted(names.values()) == [40, 40]
    keen = next(c for c in run.clusters.all() if crowd[0].pk in members(c))
    assert members(keen) == {one.pk for one in crowd[:40]}
    assert all(side == "high" for _feature, side in keen.words)
    assert group_customers(now=now) is None  # this month is done
    moved = crowd[0]
    CustomerStanding.objects.filter(customer=moved).update(activity=5)
    Customer.objects.filter(pk=moved.pk).update(budget_max=900_000, buying_stage="preparing")
    value_customers(now=now)
    later = now + timedelta(days=40)
    again = regroup(now=later, slot="later")
    assert float(again.stayed) == pytest.approx(79 / 80, abs=1e-4)
    for cluster in again.clusters.select_related("before"):
        assert cluster.number == cluster.before.number
        assert cluster.words == cluster.before.words
    assert members(keen) == {one.pk for one in crowd[:40]}  # frozen
    repeated = regroup(now=later, slot="repeated")
    assert sorted(c.size for c in repeated.clusters.all()) == [39, 41]
    client = client_for(executive)
    text = client.get(reverse("analytics:value-clusters"), headers=ENGLISH).content.decode()
    assert "high" in text
    page = client.get(keen.get_absolute_url(), headers=ENGLISH)
    assert {row.customer_id for row in page.context["rows"]} <= members(keen)
    refuse(crowd[5], now)
    value_customers(now=now)
    assert not ClusterMember.objects.filter(customer=crowd[5]).exists()


def members(cluster):
    return set(cluster.members.values_list("customer", flat=True))


def test_too_few_customers_are_not_grouped(seller, now):
    CustomerFactory(owner=seller)
    value_customers(now=now)
    assert group_customers(now=now) is None
    assert not ClusterRun.objects.exists()


@pytest.mark.spec("ANA-43")
def test_rules_of_wishes_are_mined_decided_and_recommended(client_for, marketing, seller, now):
    for place in range(40):
        young = place < 24
        one = CustomerFactory(
            owner=seller, family="三口之家" if young else "单身", layout="四房" if young else "一房"
        )
        if place % 2:
            wish(one, "amenity", "school" if young else "mall")
    assert mine_wishes(now=now)["baskets"] == 40
    rule = BasketRule.objects.get(given=["family:三口之家"], then="layout:四房")
    assert (rule.count, float(rule.support), float(rule.confidence)) == (24, 0.6, 1.0)
    assert float(rule.lift) == pytest.approx(40 / 24, abs=1e-4)
    client = client_for(marketing)
    listed = client.get(reverse("analytics:value-rules"), headers=ENGLISH).content.decode()
    assert "Family: 三口之家" in listed
    url = reverse("analytics:value-rule-decide", args=[rule.pk])
    assert client.post(url, {"state": "rejected"}).status_code == 409
    assert client.post(url, {"state": "approved"}).status_code == 302
    assert client.post(url, {"state": "approved"}).status_code == 409
    fresh = CustomerFactory(owner=seller, family="三口之家")
    tab = reverse("analytics:customer-value", args=[fresh.pk])
    text = client_for(seller).get(tab, headers=ENGLISH).content.decode()
    assert "Customers like this one also want" in text
    assert "Layout: 四房" in text
    later = now + timedelta(days=7)
    mine_wishes(now=later)
    rule.refresh_from_db()
    assert (rule.state, rule.is_found, rule.mined_at) == ("approved", True, later)
    assert client_for(seller).post(url, {"state": "rejected", "reason": "x"}).status_code == 403


def wish(customer, kind, value):
    return Preference.objects.create(
        customer=customer, kind=kind, value=value, rank=1, source="edit"
    )


@pytest.mark.spec("ANA-46")
def test_forecasts_say_what_comes_and_what_has_no_data(client_for, executive, seller, org):
    now = datetime(2026, 5, 20, 4, tzinfo=UTC)
    customer = CustomerFactory(owner=seller)
    leads = []
    for back in range(1, 43):
        month = (2026 * 12 + 4 - back) % 12 + 1
        year = (2026 * 12 + 4 - back) // 12
        number = 6 + (42 - back) // 6 + (6 if month in (3, 4, 9, 10) else 0)
        at = datetime(year, month, 10, tzinfo=UTC)
        leads += [
            Lead(
                customer=customer,
                project=customer.project,
                source="walk_in",
                capture_point="front_desk",
                received_at=at,
                state="new",
            )
            for _n in range(number)
        ]
    Lead.objects.bulk_create(leads)
    assert forecast_all(now=now) == 4 * 4  # four series of three projects and of all
    row = Forecast.objects.get(series="leads", project=customer.project)
    assert (row.state, len(row.points), len(row.history)) == ("ready", 6, 42)
    assert row.method != "seasonal_naive"
    assert row.errors[row.method] < row.errors["seasonal_naive"]
    assert row.points[4][0] > row.points[1][0]  # October above July
    low, high = row.points[0][1:]
    assert low <= row.points[0][0] <= high
    empty = Forecast.objects.get(series="sales", project=customer.project)
    assert (empty.state, empty.points) == ("empty", [])
    forecast_all(now=now)
    assert Forecast.objects.count() == 16
    url = reverse("analytics:value-forecasts")
    query = {"project": customer.project_id}
    text = client_for(executive).get(url, query, headers=ENGLISH).content.decode()
    assert "There is no data for this series" in text
    assert "forecast-leads" in text
    other = client_for(executive).get(url, {"project": org.project_three.pk})
    assert other.context["place"].chosen != org.project_three


@pytest.mark.spec("ANA-51")
def test_likely_customers_of_high_value_are_listed(client_for, executive, seller, sign, now):
    for place in range(50):
        rich = place % 2 == 0
        buyer = CustomerFactory(owner=seller, budget_max=9_000_000 if rich else 1_000_000)
        sign(buyer, price=8_000_000 if rich else 1_000_000, days=30)
    likely = CustomerFactory(owner=seller, budget_max=9_500_000)
    unlikely = CustomerFactory(owner=seller, budget_max=1_100_000)
    done = discover(now=now)
    assert done.model.auc > 0.95
    assert done.model.precision > 0.95
    row = LikelyValue.objects.get()
    assert row.customer == likely
    assert row.drivers[0][0] == "budget"
    text = client_for(executive).get(reverse("analytics:value-likely"), headers=ENGLISH)
    assert likely.name in text.content.decode()
    assert unlikely.name not in text.content.decode()
    refuse(likely, now)
    assert discover(now=now).found == 0


@pytest.mark.spec("ANA-10")
def test_the_length_of_relations_is_kept_with_its_median(client_for, executive, seller, now):
    for months in (2, 4, 6, 8):
        one = CustomerFactory(owner=seller, phase="churned")
        begun = now - timedelta(days=600)
        Customer.objects.filter(pk=one.pk).update(created_at=begun)
        PhaseEvent.objects.create(
            customer=one,
            at=begun + timedelta(days=30.4375 * (15 if months == 6 else months)),
            from_phase="active",
            to_phase="churned",
        )
        if months == 6:  # found long after: the day of the loss counts, not that of finding it
            known = {
                "stage": "lead",
                "rule": "silent",
                "main_reason": "unknown",
                "scene": "unknown",
                "recorded_at": now,
            }
            ChurnLoss.objects.create(customer=one, on=begun + timedelta(days=182), **known)
    stands = CustomerFactory(owner=seller, phase="active")
    Customer.objects.filter(pk=stands.pk).update(created_at=now - timedelta(days=900))
    value_customers(now=now)
    assert measure_lasting(now=now) == 2
    kept = ValueModel.objects.get(is_active=True).data["lasting"]["0"]
    assert (kept["count"], kept["ended"], kept["median"]) == (5, 4, 6.0)
    text = client_for(executive).get(reverse("analytics:value-model"), headers=ENGLISH)
    assert "6.0 months" in text.content.decode()


def leads_with(project, source, number, visits, at):
    rows = [LeadFactory(project=project, source=source, received_at=at) for _n in range(number)]
    for lead in rows[:visits]:
        for state in ("contacted", "qualified", "visited"):
            LeadEvent.objects.create(lead=lead, at=at, kind="state", to_value=state)


@pytest.mark.spec("ANA-54")
def test_advice_keeps_its_evidence_its_decision_and_its_outcome(
    client_for, executive, seller, project, now
):
    at = now - timedelta(days=45)
    leads_with(project, "video", 60, 3, at)
    leads_with(project, "referral", 40, 20, at)
    silent = CustomerFactory(owner=seller, buying_stage="deciding", project=project)
    Customer.objects.filter(pk=silent.pk).update(last_contact_at=now - timedelta(days=30))
    value_customers(now=now)
    assert advise(now=now)["written"] == 2
    assert advise(now=now)["written"] == 0
    shift = AdviceCard.objects.get(kind="shift")
    assert (shift.evidence["from"], shift.evidence["to"]) == ("video", "referral")
    assert (shift.evidence["from_n"], shift.evidence["from_visits"]) == (60, 3)
    calls = AdviceCard.objects.get(kind="calls")
    assert calls.evidence["customers"] == [silent.pk]
    client = client_for(executive)
    text = client.get(calls.get_absolute_url(), headers=ENGLISH).content.decode()
    assert silent.name in text
    decide = reverse("analytics:value-advice-decide", args=[calls.pk])
    assert client.post(decide, {"state": "rejected"}).status_code == 409
    assert client.post(decide, {"state": "accepted"}).status_code == 302
    assert client.post(decide, {"state": "accepted"}).status_code == 409
    refused = reverse("analytics:value-advice-decide", args=[shift.pk])
    assert client.post(refused, {"state": "rejected", "reason": "已在做"}).status_code == 302
    shift.refresh_from_db()
    assert (shift.state, shift.reason, shift.evidence["from_n"]) == ("rejected", "已在做", 60)
    outcome = reverse("analytics:value-advice-outcome", args=[shift.pk])
    assert client.post(outcome, {"outcome": "x"}).status_code == 422
    outcome = reverse("analytics:value-advice-outcome", args=[calls.pk])
    assert client.post(outcome, {"outcome": " "}).status_code == 422
    assert client.post(outcome, {"outcome": "约到看房"}).status_code == 302
    calls.refresh_from_db()
    talk = calls.decided_at + timedelta(days=2)
    InteractionFactory(customer=silent, at=talk, result="reached")
    later = now + timedelta(days=61)
    assert advise(now=later)["measured"] == 1
    calls.refresh_from_db()
    assert (calls.outcome, calls.baseline, calls.measured) == ("约到看房", 0, 1)
    listed = client.get(reverse("analytics:value-advice"), {"state": "accepted"}, headers=ENGLISH)
    assert "Call 1 customers" in listed.content.decode()


@pytest.mark.spec("ANA-55")
def test_a_budget_is_split_at_the_page_and_handed_in(client_for, marketing, executive, project):
    client = client_for(marketing)
    add = reverse("analytics:value-mix-add")
    data = {"title": "三季度", "project": project.pk, "total": "14000"}
    assert client.post(add, data | {"total": "0"}).status_code in (409, 422)
    assert client.post(add, data).status_code == 302
    plan = MixPlan.objects.get()
    channel = reverse("analytics:value-mix-channel", args=[plan.pk])
    # answers scale × √spent: 3√, 2√, √
    for name, spent, answers, earlier, before in (
        ("短视频", 10000, 300, 2500, 150),
        ("中介", 10000, 200, 2500, 100),
        ("展会", 10000, 100, 2500, 50),
    ):
        values = {
            "channel": name,
            "spent": spent,
            "answers": answers,
            "spent_before": earlier,
            "answers_before": before,
            "low": 0,
        }
        assert client.post(channel, values).status_code == 302
        assert client.post(channel, values).status_code == 422
    assert client.post(channel, {"channel": "x", "spent": 1, "answers": 0}).status_code == 422
    proposal = client.get(plan.get_absolute_url()).context["proposal"]
    assert [int(each.spend) for each in proposal.lines] == pytest.approx([9000, 4000, 1000], abs=1)
    assert sum(each.spend for each in proposal.lines) <= plan.total
    assert proposal.answers > proposal.answers_as_was
    line = plan.lines.get(channel="展会")
    remove = reverse("analytics:value-mix-remove", args=[plan.pk, line.pk])
    assert client.post(remove).status_code == 302
    hand_in = reverse("analytics:value-mix-hand-in", args=[plan.pk])
    assert client.post(hand_in).status_code == 302
    assert client.post(hand_in).status_code == 409
    card = AdviceCard.objects.get(kind="budget")
    spends = [Decimal(each["spend"]) for each in card.evidence["channels"]]
    assert sum(spends) <= 14000
    assert (
        client.post(channel, {"channel": "y", "spent": 1, "answers": 1, "low": 0}).status_code
        == 422
    )
    decide = reverse("analytics:value-advice-decide", args=[card.pk])
    assert client_for(executive).post(decide, {"state": "accepted"}).status_code == 302
    text = client.get(card.get_absolute_url(), headers=ENGLISH).content.decode()
    assert "短视频" in text
    assert CustomerValue.objects.count() == 0
