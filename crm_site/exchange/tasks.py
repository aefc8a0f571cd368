"""The worker's side of imports and exports: short tasks, killed, repeated and resumed safely."""

import logging
from datetime import timedelta

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.common.jobs import job

logger = logging.getLogger(__name__)
TURN = timedelta(minutes=3)  # well below the time limit of a task; the rest is a new task
LOST = (OperationalError, InterfaceError)


@shared_task(autoretry_for=LOST, retry_backoff=2, max_retries=6)
def check_import(job_id: int) -> None:
    """Try rows of an import dry for some minutes, then hand on to a new task."""
    from crm_site.exchange.services import running

    try:
        left = running.check(job_id=job_id, clock=timezone.now, until=timezone.now() + TURN)
    except LOST as error:
        _stop_when_full(job_id, error)
        raise
    except Exception:
        _give_up(job_id)
        raise
    if left:
        check_import.delay(job_id)


@shared_task(autoretry_for=LOST, retry_backoff=2, max_retries=6)
def run_import(job_id: int) -> None:
    """Write parts of an import for some minutes, then hand on to a new task."""
    from crm_site.exchange.services import running

    try:
        left = running.write(job_id=job_id, clock=timezone.now, until=timezone.now() + TURN)
    except LOST as error:
        _stop_when_full(job_id, error)
        raise
    except Exception:
        _give_up(job_id)
        raise
    if left:
        run_import.delay(job_id)


@shared_task(autoretry_for=LOST, retry_backoff=2, max_retries=6)
def revert_import(job_id: int) -> None:
    """Take parts of an import back for some minutes, then hand on to a new task."""
    from crm_site.exchange.services import reverting, running

    try:
        left = reverting.revert(job_id=job_id, clock=timezone.now, until=timezone.now() + TURN)
    except LOST as error:
        _stop_when_full(job_id, error)
        raise
    except Exception:
        logger.exception("revert of import %s stopped", job_id)
        reason = _(
            "The import could not be reverted to the end. What was reverted so far is complete; "
            "start again to go on."
        )
        running.fail(job_id=job_id, reason=reason, now=timezone.now())
        raise
    if left:
        revert_import.delay(job_id)


@shared_task(autoretry_for=LOST, retry_backoff=2, max_retries=6)
def make_export(job_id: int) -> None:
    """Make the file of an export with the rights its asker has now."""
    from crm_site.exchange.errors import NO_ROOM, is_full
    from crm_site.exchange.services import exporting

    try:
        exporting.make_export(job_id=job_id, now=timezone.now())
    except LOST as error:
        if isinstance(error, OperationalError) and is_full(error):
            exporting.fail(job_id=job_id, reason=str(NO_ROOM), now=timezone.now())
        raise
    except Exception:
        logger.exception("export %s stopped", job_id)
        reason = _("The file could not be made. Export the list again.")
        exporting.fail(job_id=job_id, reason=reason, now=timezone.now())
        raise


@shared_task
@job("tend-exports")
def tend_exports() -> dict[str, int]:
    """Delete files past their time and send silent exports to a new worker; return how many."""
    from crm_site.exchange.services import exports

    now = timezone.now()
    return {"dropped": exports.drop_expired(now=now), "resumed": exports.resume(now=now)}


@shared_task
@job("resume-imports")
def resume_imports() -> int:
    """Send imports whose worker fell silent to a new one; return how many."""
    from crm_site.exchange.models import ImportJob
    from crm_site.exchange.services import jobs

    now = timezone.now()
    silent = list(ImportJob.objects.stalled(now=now))
    for found in silent:
        jobs.resume(job=found, now=now)
    return len(silent)


@shared_task
@job("drop-import-rows")
def drop_import_rows() -> int:
    """Delete the rows of imports that are final; return of how many imports."""
    from crm_site.exchange.services import reverting

    return reverting.drop_old(now=timezone.now())


def _stop_when_full(job_id: int, error: Exception) -> None:
    """Tell the person that the disk is full, instead of trying on in silence; they go on later."""
    from crm_site.exchange.errors import NO_ROOM, is_full
    from crm_site.exchange.services import running

    if isinstance(error, OperationalError) and is_full(error):
        running.fail(job_id=job_id, reason=str(NO_ROOM), now=timezone.now())


def _give_up(job_id: int) -> None:
    from crm_site.exchange.services import running

    logger.exception("import %s stopped", job_id)
    reason = _(
        "A row could not be processed. Parts written so far are complete; nothing is half-written."
    )
    running.fail(job_id=job_id, reason=reason, now=timezone.now())
