"""Jobs of scoring; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from crm_site.common.jobs import job

LOST = (OperationalError, InterfaceError)


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
@job("watch-score-models")
def watch_score_models() -> int:
    """Look at the score models in use; return how many (ANA-48)."""
    from analytics.scoring.services.watching import watch_models

    return watch_models(now=timezone.now())


@shared_task(ignore_result=True)
@job("train-intent")
def train_intent() -> dict[str, int]:
    """Train the model of purchase intent, once a month; return its version (ANA-45).

    Too few reservations are no failure: the version in use stays.
    """
    from analytics.scoring.rules.errors import CannotTrainError
    from analytics.scoring.services.intent import train_intent as train

    try:
        return {"version": train(now=timezone.now()).version}
    except CannotTrainError:
        return {"version": 0}


@shared_task(ignore_result=True)
def train_asked(key: str) -> None:
    """Train a model somebody asked for on the page of the register."""
    from analytics.scoring.services.asking import train_one

    train_one(key, now=timezone.now())
