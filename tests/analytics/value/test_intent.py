"""Purchase intent on planted data: learned, tested on later months, shown, taken at a refusal."""

from datetime import datetime, time, timedelta

import numpy as np
import pytest
from django.urls import reverse
from django.utils import timezone

from analytics.scoring.models import ScoreModel
from analytics.value.models import PurchaseIntent
from analytics.value.services.intending import is_due, score_intent, train_intent
from customers.models import Customer, Interaction, Lead, Purchase
from customers.services.assessment import remove_refused
from tests.analytics.value.conftest import refuse
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db
MONTHS = 15
EACH = 40  # new prospects a month
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def market(seller, project, now):
    """Prospects of fifteen months; half visit twice, and those buy far more often."""
    rng = np.random.default_rng(11)
    begun = timezone.make_aware(datetime.combine(now.date().replace(day=1), time.min))
    people, leads, talks, bought = [], [], [], []
    for month in range(MONTHS):
        at = begun - timedelta(days=30 * (MONTHS - month)) - timedelta(days=12)
        for _place in range(EACH):
            keen = rng.random() < 0.5
            one = CustomerFactory.build(
                owner=seller, project=project, team=seller.node, region_id=seller.node.region_id
            )
            one.created_at = at
            people.append((one, keen, at, rng.random() < (0.7 if keen else 0.05)))
    Customer.objects.bulk_create([one for one, *_rest in people])
    for one, keen, at, buys in people:
        leads.append(
            Lead(
                customer=one,
                project=project,
                source="walk_in",
                capture_point="front_desk",
                received_at=at,
                state="visited",
                owner=seller,
            )
        )
        for back in range(1, 3 if keen else 2):
            talks.append(
                Interaction(
                    customer=one,
                    channel="visit" if keen else "phone",
                    result="visited" if keen else "reached",
                    content="看房",
                    at=at + timedelta(days=3 * back),
                    author=seller,
                )
            )
        if buys:
            signed = at + timedelta(days=int(rng.integers(25, 80)))
            bought.append((one, signed))
    Lead.objects.bulk_create(leads)
    Interaction.objects.bulk_create(talks)
    Interaction.objects.update(created_at=now - timedelta(days=900))
    for place, (one, signed) in enumerate(bought):
        if signed < now:
            Purchase.objects.create(
                project=project,
                customer=one,
                consultant=seller,
                state="subscribed",
                state_since=signed,
                begun_at=signed,
                subscribed_at=signed,
                external_source="t",
                external_id=str(place),
            )
    return people


@pytest.mark.spec("ANA-45")
def test_intent_beats_the_rate_of_the_stage_on_later_months(
    market, client_for, executive, seller, now
):
    assert is_due(now)
    row = train_intent(now=now)
    assert row is not None
    assert not is_due(now)
    figures, baseline = row.metrics[""], row.metrics["baseline"]
    assert figures["auc"] > baseline["auc"] + 0.05
    assert figures["auc"] > 0.7
    assert figures["accuracy"] >= baseline["accuracy"]
    assert row.trained_to < now.date() - timedelta(days=150)  # the later months are not in it
    if row.state != "active":
        ScoreModel.objects.filter(pk=row.pk).update(state="active", activated_at=now)
    assert score_intent(now=now) > 0
    assert score_intent(now=now) == PurchaseIntent.objects.count()
    sold = set(Purchase.objects.values_list("customer", flat=True))
    assert not PurchaseIntent.objects.filter(customer__in=sold).exists()
    best = PurchaseIntent.objects.order_by("-chance", "-customer").first()
    client = client_for(executive)
    page = client.get(reverse("analytics:value-intent"), headers=ENGLISH)
    assert page.context["rows"][0]["row"] == best
    assert "AUC on later months" in page.content.decode()
    refuse(best.customer, now)
    remove_refused(customer_ids=[best.customer_id], actor=None, now=now)
    assert not PurchaseIntent.objects.filter(pk=best.pk).exists()


def test_too_little_is_not_learned_from(seller, now):
    CustomerFactory(owner=seller)
    assert train_intent(now=now) is None
    assert score_intent(now=now) == 0
