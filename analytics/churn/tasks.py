"""Jobs of churn; each may run twice or late without harm (PLT-42)."""

from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from crm_site.common.jobs import job

LOST = (OperationalError, InterfaceError)
WRITING = 200  # seconds one task works before it hands on
HELPERS = 2  # further workers that share the ranges of a night


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
@job("find-losses")
def find_losses() -> dict[str, int]:
    """Write down who was lost by the rules, and who came back; return how many (CUS-97)."""
    from analytics.churn.services.finding import find_losses as find
    from analytics.churn.services.losses import end_losses_of_returned

    now = timezone.now()
    back = end_losses_of_returned(now=now)
    return {"lost": find(now=now, seconds=WRITING), "back": back}


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
@job("score-churn")
def score_churn() -> dict[str, int]:
    """Score every active customer for tonight, with helpers; return what was done (CUS-98)."""
    for _number in range(HELPERS):
        help_scoring.delay()
    return _score(again=True)


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
def help_scoring() -> dict[str, int]:
    """Share the ranges of tonight's scoring."""
    return _score(again=False)


def _score(*, again: bool) -> dict[str, Any]:
    from analytics.churn.services.running import score_churn as score

    now = timezone.now()
    done = score(slot=f"nightly:{timezone.localdate(now):%Y-%m-%d}", now=now, seconds=WRITING)
    if again and not done.is_finished:
        score_churn.apply_async(countdown=5)
    return {"scored": done.scored, "ranges": done.shards}


@shared_task(ignore_result=True)
@job("train-churn")
def train_churn() -> int:
    """Have the model of each stage trained, once a month; return how many (ANA-47)."""
    from analytics.churn.services.training import STAGES

    for stage in STAGES:
        train_stage.delay(stage)
    return len(STAGES)


@shared_task(ignore_result=True)
def train_stage(stage: str) -> int:
    """Train the model of one stage; return how many versions were stored."""
    from analytics.churn.services.training import train_churn as train

    found = train(now=timezone.now(), stages=[stage])
    return sum(each.version is not None for each in found)
