"""Periodic work of the ground floor."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import forget_runs, job

KEEP_ANSWERS = timedelta(days=1)
KEEP_RUNS = timedelta(days=190)  # job logs count as system logs: six months and more


@shared_task
@job("beat-heartbeat")
def beat_heartbeat() -> None:
    """Prove the way from the schedule through the broker to a worker by being recorded."""


@shared_task
@job("forget-answers")
def forget_old() -> dict[str, int]:
    """Delete answers and job runs past their time; return how many."""
    from crm_site.common.idempotency import forget_answers

    now = timezone.now()
    return {
        "answers": forget_answers(before=now - KEEP_ANSWERS),
        "runs": forget_runs(before=now - KEEP_RUNS),
    }
