"""Purchase intent on a time split, held against the usual share of each stage (ANA-45)."""

from datetime import timedelta

import numpy as np
import pytest
from django.db.models import F
from django.utils import timezone

from analytics.scoring.choices import INTENT, ModelState
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules import CannotTrainError
from analytics.scoring.services.intent import month_ends, read_rows, train_intent
from analytics.scoring.services.registering import model_in_use
from customers.models import Customer, Interaction, Lead, Purchase
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db
LEAD = {"capture_point": "front_desk", "state": "contacted"}


@pytest.fixture
def now():
    return timezone.localtime()


@pytest.fixture
def project(org):
    return org.project_one


def talks_of(customer, born, every, now):
    """Return a talk every so many days of the first four months."""
    days = [born + timedelta(days=day) for day in range(3, 120, every)]
    common = {"customer": customer, "channel": "phone", "result": "reached", "content": "x"}
    return [Interaction(at=at, **common) for at in days if at < now]


def history(project, clerk, now, *, customers=360, seed=3):
    """Write prospects of 14 months: who talks often in the first weeks reserves more often."""
    rng = np.random.default_rng(seed)
    people = CustomerFactory.create_batch(customers, project=project, region=project.node.region)
    keen = rng.random(customers) < 0.4
    reserves = rng.random(customers) < np.where(keen, 0.75, 0.12)
    talks, leads, deals = [], [], []
    for place, one in enumerate(people):
        born = now - timedelta(days=int(rng.integers(100, 420)))
        leads.append(
            Lead(customer=one, project=project, source="walk_in", received_at=born, **LEAD)
        )
        talks += talks_of(one, born, 9 if keen[place] else 45, now)
        at = born + timedelta(days=int(rng.integers(50, 110)))
        if reserves[place] and at < now:
            days = {"state_since": at, "begun_at": at, "subscribed_at": at}
            common = {"project": project, "consultant": clerk, "external_source": "test"}
            number = f"D{place}"
            deals.append(
                Purchase(customer=one, state="subscribed", external_id=number, **days, **common)
            )
    Lead.objects.bulk_create(leads)
    Interaction.objects.bulk_create(talks)
    Purchase.objects.bulk_create(deals)
    Lead.objects.update(created_at=F("received_at"), updated_at=F("received_at"))
    Interaction.objects.update(created_at=F("at"))
    Customer.objects.bulk_update(
        [Customer(pk=lead.customer_id, created_at=lead.received_at) for lead in leads],
        ["created_at"],
    )


@pytest.mark.spec("ANA-45")
def test_intent_is_told_better_than_by_the_share_of_the_stage(project, now):
    history(project, UserFactory(role="consultant"), now)
    row = train_intent(now=now, months=12)
    figures = row.metrics[""]
    assert figures["auc"] > figures["baseline_auc"] + 0.1
    assert figures["brier"] < figures["baseline_brier"]
    assert figures["accuracy"] >= figures["baseline_accuracy"]
    assert row.trained_to <= row.trained_at.date() - timedelta(days=90)
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
