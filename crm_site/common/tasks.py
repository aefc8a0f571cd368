"""Periodic work of the ground floor."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from crm_site.common.jobs import forget_runs, job

KEEP_ANSWERS = timedelta(days=1)


@shared_task
@job("beat-heartbeat")
def beat_heartbeat() -> None:
    """Prove the way from the schedule through the broker to a worker by being recorded."""


@shared_task
@job("forget-answers")
def forget_old() -> dict[str, int]:
    """Delete answers, and log files and job runs past the days of LOG_DAYS; return how many.

    Job runs count as system logs (A-33).
    """
    from crm_site.common.idempotency import forget_answers
    from crm_site.common.logs import drop_old

    now = timezone.now()
    return {
        "answers": forget_answers(before=now - KEEP_ANSWERS),
        "runs": forget_runs(before=now - timedelta(days=settings.LOG_DAYS)),
        "log_files": drop_old(
            directory=settings.LOG_DIR, days=settings.LOG_DAYS, today=timezone.localdate(now)
        )
        if settings.LOG_DIR
        else 0,
    }
