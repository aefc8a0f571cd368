"""The demo of churn: made through the services, the same when made again."""

from datetime import timedelta

import pytest

from analytics.churn.models import ChurnLoss, ChurnScore
from crm_site.demo.analytics.churn import make_churn
from tests.analytics.churn.conftest import known, talk

pytestmark = pytest.mark.django_db


def test_the_demo_shows_losses_with_reasons_and_scores(consultant, now) -> None:
    for days in (90, 100, 110):
        known(consultant, now, days=days)
    here = known(consultant, now, days=90)
    talk(here, now - timedelta(days=20))
    assert make_churn(now=now) == {"lost": 3, "scored": 1}
    assert not ChurnLoss.objects.filter(main_reason="unknown").exists()
    assert ChurnScore.objects.get().customer == here
    assert make_churn(now=now) == {"lost": 0, "scored": 0}
