"""Runs of scheduled jobs: once per slot, logged, taken over after a crash (PLT-42)."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from crm_site.common.models import JobRun

logger = logging.getLogger(__name__)
# A run that has not ended by now is that of a dead process: Celery ends tasks after 290 s.
LEASE = timedelta(minutes=10)
MAX_ERROR = 300

Counts = dict[str, Any]


def job(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Log each run of a sweep under ``name``, the key of its entry in the beat schedule.

    For work that may run any number of times; only the last run is kept. What the function
    returns becomes the counts (a dict, a number, or None). Put it under ``@shared_task``.
    """

    def decorate(work: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(work)
        def run(*args: Any, **kwargs: Any) -> Any:
            JobRun.objects.update_or_create(
                name=name,
                slot="",
                defaults={"started_at": timezone.now(), "outcome": JobRun.Outcome.RUNNING},
            )
            return _finish(name, "", lambda: work(*args, **kwargs))

        return run

    return decorate


def run_once(*, name: str, slot: str, now: datetime, work: Callable[[], Any]) -> bool:
    """Run ``work`` unless ``slot`` of job ``name`` is done or being worked on; tell whether it ran.

    A slot that failed, or whose process died, is taken again. What ``work`` returns becomes the
    counts. An exception is logged in the run and raised.
    """
    if not claim_slot(name=name, slot=slot, now=now):
        return False
    _finish(name, slot, work)
    return True


@transaction.atomic
def claim_slot(*, name: str, slot: str, now: datetime) -> bool:
    """Take ``slot`` of job ``name``; False where it is done or another process is at it."""
    _run, created = JobRun.objects.get_or_create(name=name, slot=slot, defaults={"started_at": now})
    if created:
        return True
    free = Q(outcome=JobRun.Outcome.FAILED) | Q(
        outcome=JobRun.Outcome.RUNNING, started_at__lt=now - LEASE
    )
    taken = JobRun.objects.filter(free, name=name, slot=slot).update(
        started_at=now, finished_at=None, outcome=JobRun.Outcome.RUNNING, error=""
    )
    return taken == 1


def last_success(name: str) -> datetime | None:
    """Return when job ``name`` last ended well, None if never."""
    runs = JobRun.objects.filter(name=name, succeeded_at__isnull=False)
    return runs.order_by("-succeeded_at").values_list("succeeded_at", flat=True).first()


def forget_runs(*, before: datetime) -> int:
    """Delete the log of slots that ended before ``before``; return how many."""
    deleted, _by_model = JobRun.objects.exclude(slot="").filter(finished_at__lt=before).delete()
    return deleted


def _finish(name: str, slot: str, work: Callable[[], Any]) -> Any:
    run = JobRun.objects.filter(name=name, slot=slot)
    try:
        result = work()
    except Exception as error:
        run.update(
            finished_at=timezone.now(),
            outcome=JobRun.Outcome.FAILED,
            error=type(error).__name__[:MAX_ERROR],
        )
        logger.exception("job %s %s failed", name, slot)
        raise
    ended = timezone.now()
    counts = _counts(result)
    run.update(
        finished_at=ended,
        succeeded_at=ended,
        outcome=JobRun.Outcome.DONE,
        counts=counts,
        error="",
    )
    logger.info("job %s %s done: %s", name, slot, counts)
    return result


def _counts(result: Any) -> Counts:
    if isinstance(result, dict):
        return {str(key): value for key, value in result.items() if isinstance(value, int | str)}
    return {"count": result} if isinstance(result, int) else {}
