"""Activity: the nightly SQL against the rule, silence over time, record and filter (CUS-26)."""

from datetime import timedelta

import pytest

from customers.models import CustomerStanding
from customers.selectors.standing import activity_of
from customers.services.standing import refresh_standing
from customers.standing_policy import ActivityPolicy
from customers.tasks import refresh_standing as job
from tests.customers.standing_crowd import activity_by_rule, moving_crowd, value_by_rule
from tests.factories import CustomerFactory, InteractionFactory

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
WEIGHTS = ActivityPolicy().weights


def test_the_sql_agrees_with_the_rules_for_every_customer_and_writes_nothing_twice(
    org, consultant, now
):
    regions = [org.region_east.pk, None]
    rows = moving_crowd(150, owner=consultant, regions=regions, now=now)
    done = refresh_standing(now=now)
    assert (done.looked_at, done.written) == (150, 150)
    held = {row.customer_id: row for row in CustomerStanding.objects.all()}
    for row in rows:
        score, last = activity_by_rule(row, now, WEIGHTS)
        value, stands = value_by_rule(row, now, score), held[row.pk]
        assert (stands.activity, stands.last_touch_at) == (score, last), row.pk
        assert (stands.power, stands.willingness, stands.loyalty) == (
            *(value.power, value.willingness, value.loyalty),
        )
        active = activity_of(row.pk, weights=WEIGHTS, now=now)
        assert (active.score, active.last_touch) == (score, last)
    assert len({stands.activity for stands in held.values()}) > 10
    again = refresh_standing(now=now)
    assert (again.written, again.raised, again.lowered) == (0, 0, 0)


@pytest.mark.spec("CUS-26")
def test_the_score_falls_with_silence_night_after_night_and_the_record_says_how_long(
    consultant, client_for, now, monkeypatch
):
    customer = CustomerFactory(owner=consultant)
    for days in (0, 3):
        InteractionFactory(
            customer=customer, channel="visit", result="visited", at=now - days * DAY
        )
    scores, shown = [], []
    for days in (0, 1, 7, 30, 60, 89, 90, 200):
        then = now + days * DAY
        monkeypatch.setattr("customers.tasks.timezone.now", lambda then=then: then)
        job()
        scores.append(CustomerStanding.objects.get(customer=customer).activity)
        monkeypatch.setattr("customers.views.axes.timezone.now", lambda then=then: then)
        client = client_for(consultant)  # a night later everybody has to sign in again
        active = client.get(f"/customers/{customer.pk}/standing/").context["activity"]
        shown.append((active.score, active.days))
    assert scores == sorted(scores, reverse=True)
    assert (scores[0], scores[3], scores[-1]) == (60, 30, 0)
    assert len(set(scores)) >= 6
    assert [score for score, _days in shown] == scores
    assert [days for _score, days in shown] == [0, 1, 7, 30, 60, 89, 90, 200]


def test_the_list_finds_who_has_gone_quiet_the_unseen_included(consultant, client_for, now):
    lively, quiet = CustomerFactory(owner=consultant), CustomerFactory(owner=consultant)
    InteractionFactory(customer=lively, channel="visit", result="visited", at=now)
    refresh_standing(now=now)
    unseen = CustomerFactory(owner=consultant)
    client = client_for(consultant)
    rows = client.get("/customers/?view=all&activity=29").context["rows"]
    assert {row.pk for row in rows} == {quiet.pk, unseen.pk}
    api = client.get("/api/v1/customers/?activity=30").json()["results"]
    assert {row["id"] for row in api} == {lively.pk, quiet.pk, unseen.pk}
    assert client.get("/customers/?activity=101").status_code == 422
