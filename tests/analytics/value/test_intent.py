"""Purchase intent of prospects: scored each night, shown with its reasons, never a price's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from analytics.scoring.choices import INTENT
from analytics.scoring.models import ScoreModel
from analytics.scoring.rules.figures import roc_auc
from analytics.scoring.services.intent import train_intent
from analytics.value.models import PurchaseIntent
from analytics.value.services import intending
from analytics.value.services.intending import score_intent
from analytics.value.tasks import score_intent_nightly
from customers.models import Customer, Purchase
from tests.analytics.churn.conftest import deal, known, talk
from tests.analytics.scoring.test_intent import history
from tests.analytics.value.conftest import refuse
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def now():
    return timezone.localtime()


@pytest.fixture
def trained(org, now):
    """A model of intent that passed on its later months, and prospects to score."""
    history(org.project_one, UserFactory(role="consultant"), now, customers=360)
    row = train_intent(now=now - timedelta(days=1), months=12)
    ScoreModel.objects.filter(pk=row.pk).update(state="active", activated_at=now, refusals=[])
    return row


def prospect(consultant, now, *, talks):
    one = known(consultant, now, days=60)
    for number in range(talks):
        talk(one, now - timedelta(days=1 + 3 * number))
    return one


def shown(client, name, *args, **query):
    answer = client.get(reverse(f"analytics:{name}", args=args), query, headers=ENGLISH)
    assert answer.status_code == 200
    return answer


@pytest.mark.spec("ANA-45")
def test_each_night_prospects_are_scored_and_shown_with_reasons(
    client_for, trained, consultant, now
):
    keen, cool = prospect(consultant, now, talks=9), prospect(consultant, now, talks=0)
    buyer = prospect(consultant, now, talks=4)
    deal(buyer, now - timedelta(days=2))
    lost = prospect(consultant, now, talks=1)
    Customer.objects.filter(pk=lost.pk).update(phase="churned")
    score_intent_nightly.apply(throw=True)
    rows = {row.pk: row for row in PurchaseIntent.objects.all()}
    assert {keen.pk, cool.pk} <= set(rows)
    assert not {buyer.pk, lost.pk} & set(rows)
    assert {(row.engine, row.model_version) for row in rows.values()} == {
        (trained.engine, trained.version)
    }
    assert rows[keen.pk].probability > rows[cool.pk].probability
    assert rows[keen.pk].reasons
    assert all(share > 0 for _name, _value, share in rows[keen.pk].reasons)

    client = client_for(consultant)
    listed = shown(client, "value-intent", mine="true")
    assert [row.pk for row in listed.context["rows"]] == [keen.pk, cool.pk]
    with translation.override("en"):
        said = [reason.text for reason in rows[keen.pk].said]
    assert all(text in listed.content.decode() for text in said)
    other = shown(client, "value-intent", mine="true", order="-chance").context["rows"]
    assert [row.pk for row in other] == [cool.pk, keen.pk]
    assert len(shown(client, "value-intent", stage="visit", mine="true").context["rows"]) == 0
    for tab in ("customer-value", "churn-customer"):
        text = shown(client, tab, keen.pk).content.decode()
        assert "Chance of a reservation within 90 days" in text
        assert f"version {trained.version}" in text
    assert "Not scored" in shown(client, "customer-value", buyer.pk).content.decode()


@pytest.mark.spec("ANA-45")
def test_the_stored_chances_tell_who_reserves(org, now):
    """Trained and scored as of a day 90 days ago, held against the reservations since."""
    history(org.project_one, UserFactory(role="consultant"), now, customers=900)
    then = now - timedelta(days=91)
    row = train_intent(now=then, months=12)
    ScoreModel.objects.filter(pk=row.pk).update(state="active", activated_at=then, refusals=[])
    assert score_intent(now=then).scored > 100
    later = Purchase.objects.filter(subscribed_at__gt=then, subscribed_at__lte=now)
    bought = set(later.values_list("customer_id", flat=True))
    stored = list(PurchaseIntent.objects.values_list("pk", "probability"))
    happened = [int(pk in bought) for pk, _p in stored]
    assert sum(happened) > 20
    assert roc_auc(happened, [p for _pk, p in stored]) >= 0.65


def test_who_refuses_is_not_assessed_on_any_page(client_for, trained, consultant, now):
    one = prospect(consultant, now, talks=5)
    score_intent(now=now)
    client = client_for(consultant)
    assert one.name in shown(client, "value-intent", mine="true").content.decode()
    refuse(one, now)
    assert one.name not in shown(client, "value-intent", mine="true").content.decode()
    for tab in ("customer-value", "churn-customer"):
        text = shown(client, tab, one.pk).content.decode()
        assert "Not assessed" in text
        assert "Chance of a reservation" not in text
    score_intent(now=now + timedelta(seconds=1))
    assert not PurchaseIntent.objects.filter(pk=one.pk).exists()


def test_a_second_run_changes_nothing_and_who_buys_leaves(trained, consultant, now, monkeypatch):
    monkeypatch.setattr(intending, "RANGE", 50)
    one = prospect(consultant, now, talks=5)
    first = score_intent(now=now, seconds=0)
    assert first.after is not None, "it hands on when its time is over"
    while first.after is not None:
        first = score_intent(now=now, after=first.after, seconds=0)
    once = list(PurchaseIntent.objects.order_by("pk").values())
    assert len(once) > 100
    score_intent(now=now)
    assert list(PurchaseIntent.objects.order_by("pk").values()) == once
    deal(one, now)
    score_intent(now=now + timedelta(minutes=1))
    assert not PurchaseIntent.objects.filter(pk=one.pk).exists()


def test_without_a_model_nobody_is_scored_and_a_broken_one_leaves_the_last_scores(
    client_for, trained, consultant, now
):
    ScoreModel.objects.filter(pk=trained.pk).update(state="candidate", activated_at=None)
    prospect(consultant, now, talks=5)
    assert (
        "Train one first" in str(score_intent(now=now).kept_back) or score_intent(now=now).kept_back
    )
    assert not PurchaseIntent.objects.exists()
    page = shown(client_for(consultant), "value-intent").content.decode()
    assert "Nobody is scored yet" in page
    ScoreModel.objects.filter(pk=trained.pk).update(state="active", activated_at=now)
    score_intent(now=now)
    once = list(PurchaseIntent.objects.order_by("pk").values())
    ScoreModel.objects.filter(kind=INTENT).update(data="{")
    assert score_intent(now=now + timedelta(days=1)).kept_back
    assert list(PurchaseIntent.objects.order_by("pk").values()) == once


def test_the_list_asks_as_often_for_one_as_for_twenty(client_for, consultant, now):
    def row(customer):
        PurchaseIntent.objects.create(
            customer=customer,
            stage="lead",
            probability=0.3,
            engine="logistic",
            model_version=1,
            scored_at=now,
            reasons=[["talks", 3.0, 0.4]],
        )

    client, asked = client_for(consultant), []
    for number in (1, 19):
        for _ in range(number):
            row(known(consultant, now))
        shown(client, "value-intent")
        with CaptureQueriesContext(
            connection,
        ) as found:
            shown(client, "value-intent")
        asked.append(len(found))
    assert asked[0] == asked[1]
