"""Purchase intent on a time split, held against the usual share of each stage (ANA-45)."""

from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from analytics.scoring.choices import INTENT, ModelState
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules import CannotTrainError
from analytics.scoring.services.intent import month_ends, read_rows, train_intent
from analytics.scoring.services.registering import model_in_use
from customers.models import Customer, Interaction, Lead, Purchase
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.localtime()


def history(project, clerk, now, *, customers=360, seed=3):
    """Write prospects of 14 months: who talks often in the first weeks reserves more often."""
    rng = np.random.default_rng(seed)
    people = CustomerFactory.create_batch(customers, project=project, region=project.node.region)
    ages = rng.integers(100, 420, customers)
    keen = rng.random(customers) < 0.4
    talks, leads, deals = [], [], []
    for place, one in enumerate(people):
        born = now - timedelta(days=int(ages[place]))
        leads.append(
            Lead(
                customer=one,
                project=project,
                source="walk_in",
                capture_point="front_desk",
                received_at=born,
                state="contacted",
                created_at=born,
                updated_at=born,
            )
        )
        every = 9 if keen[place] else 45
        for day in range(3, 120, every):
            at = born + timedelta(days=day)
            if at < now:
                talks.append(
                    Interaction(customer=one, channel="phone", result="reached", content="x", at=at)
                )
        if rng.random() < (0.75 if keen[place] else 0.12):
            at = born + timedelta(days=int(rng.integers(50, 110)))
            if at < now:
                deals.append(
                    Purchase(
                        project=project,
                        customer=one,
                        consultant=clerk,
                        state="subscribed",
                        state_since=at,
                        begun_at=at,
                        subscribed_at=at,
                        external_source="test",
                        external_id=f"D{place}",
                    )
                )
    Lead.objects.bulk_create(leads)
    Interaction.objects.bulk_create(talks)
    Purchase.objects.bulk_create(deals)
    for model in (Interaction, Lead):
        field = "at" if model is Interaction else "received_at"
        for row in model.objects.all():
            model.objects.filter(pk=row.pk).update(created_at=getattr(row, field))
    for lead in leads:
        Customer.objects.filter(pk=lead.customer_id).update(created_at=lead.received_at)


@pytest.mark.spec("ANA-45")
def test_intent_is_told_better_than_by_the_share_of_the_stage(project, now):
    history(project, UserFactory(role="consultant"), now)
    row = train_intent(now=now, months=12)
    figures = row.metrics[""]
    assert figures["auc"] > figures["baseline_auc"] + 0.1
    assert figures["brier"] < figures["baseline_brier"]
    assert figures["accuracy"] >= figures["baseline_accuracy"]
    assert row.trained_to < row.trained_at.date() - timedelta(days=90)
    assert row.kind == INTENT
    assert ScoreModel.objects.count() == 1
    if row.state == ModelState.ACTIVE:
        assert model_in_use(INTENT).row == row
    rows = read_rows(now=now, months=12)
    assert len(set(rows.at.tolist())) > 6
    assert 0 < rows.bought.mean() < 1


def test_without_reservations_nothing_is_stored(project, now):
    history(project, UserFactory(role="consultant"), now, customers=30)
    Purchase.objects.all().delete()
    with pytest.raises(CannotTrainError):
        train_intent(now=now, months=6)
    assert not ScoreModel.objects.exists()


def test_month_ends_have_their_horizon_behind_them(now):
    found = month_ends(now, 5)
    assert len(found) == 5
    assert found == sorted(found)
    assert all(at + timedelta(days=90) <= now for at in found)
    assert all(timezone.localtime(at).day == 1 for at in found)
