"""What workers do with an import: the dry run over all rows, and the writing part by part."""

import json
from collections.abc import Callable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import RowRange, Sum, Window
from django.db.models.functions import Coalesce

from crm_site.exchange.models import ImportJob, ImportPart, ImportTrace
from crm_site.exchange.registry import Batcher, Outcome
from crm_site.exchange.services import jobs

State = ImportJob.State
ATTEMPTS = 3  # another session may write the same customer between our look and our write
Clock = Callable[[], datetime]


def check(*, job_id: int, clock: Clock, until: datetime | None = None) -> bool:
    """Try the parts dry that are still to be tried; return whether some are left at ``until``.

    Writes only about the job, each part in one transaction with what it found; a killed worker
    leaves whole parts, and the next one goes on after them. Two workers at once take turns.
    """
    batcher: Batcher | None = None
    while True:
        with transaction.atomic():
            job = _locked(job_id)
            if job.state != State.CHECKING:
                return False
            batcher = batcher or jobs.open_batcher(job, now=clock())
            if not _check_part(job, batcher, clock()):
                return False
        if until is not None and clock() >= until:
            return True


def _check_part(job: ImportJob, batcher: Batcher, now: datetime) -> bool:
    """Try one part; return whether there was one."""
    if not job.rows_done:
        batcher.forget()
        job.row_errors.all().delete()
        job.counts, job.findings = {}, {}
    part = _next_to_check(job)
    job.heartbeat_at = now
    if part is None:
        batcher.forget()
        job.state = State.CHECKED
    else:
        outcome = batcher.check(jobs.rows_of(part))
        jobs.save_problems(job, outcome)
        job.counts = jobs.add_counts(job.counts, outcome.counts)
        job.findings = jobs.add_findings(job.findings, outcome)
        job.rows_done += part.rows
    job.save(update_fields=["state", "counts", "findings", "rows_done", "heartbeat_at"])
    return part is not None


def _next_to_check(job: ImportJob) -> ImportPart | None:
    """Return the part after the rows tried so far; ``None`` when all are."""
    before = Window(Sum("rows"), order_by="number", frame=RowRange(end=-1))
    parts = job.parts.annotate(before=Coalesce(before, 0)).filter(before__gte=job.rows_done)
    return parts.order_by("number").first()


def _locked(job_id: int) -> ImportJob:
    jobs_and_authors = ImportJob.objects.select_related("author")
    return jobs_and_authors.select_for_update(of=("self",)).get(pk=job_id)


def write(*, job_id: int, clock: Clock, until: datetime | None = None) -> bool:
    """Write the parts that are still to be written; return whether some are left at ``until``.

    Each part is one transaction with its progress, so a killed worker leaves whole parts, and the
    next one goes on after them. Two workers at once take turns.
    """
    batcher: Batcher | None = None
    while True:
        job = ImportJob.objects.select_related("author").get(pk=job_id)
        if job.state != State.WRITING:
            return False
        now = clock()
        if batcher is None:
            batcher = jobs.open_batcher(job, now=now)
            batcher.prepare()
        if not _write_next(job_id, batcher, now):
            return False
        if until is not None and clock() >= until:
            return True


def _write_next(job_id: int, batcher: Batcher, now: datetime) -> bool:
    """Write one part; return whether there was one. A conflict with another session is repeated."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _write_part(job_id, batcher, now)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    return False


def _write_part(job_id: int, batcher: Batcher, now: datetime) -> bool:
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job_id)
    if job.state != State.WRITING:
        return False
    part = ImportPart.objects.filter(job=job, number=job.parts_done).first()
    if part is None:
        _finish(job, batcher, now)
        return False
    outcome = batcher.write(jobs.rows_of(part))
    if outcome.trace:
        ImportTrace.objects.create(
            job=job,
            number=job.traces.count(),
            rows=part.rows,
            content=json.dumps(outcome.trace, ensure_ascii=False, separators=(",", ":")),
        )
    _progress(job, part, outcome, now)
    return True


def _progress(job: ImportJob, part: ImportPart, outcome: Outcome, now: datetime) -> None:
    jobs.save_problems(job, outcome)
    job.counts = jobs.add_counts(job.counts, outcome.counts)
    job.findings = jobs.add_findings(job.findings, outcome)
    job.parts_done += 1
    job.rows_done += part.rows
    job.heartbeat_at = now
    job.save(update_fields=["counts", "findings", "parts_done", "rows_done", "heartbeat_at"])


def _finish(job: ImportJob, batcher: Batcher, now: datetime) -> None:
    batcher.finish()
    job.state = State.DONE
    job.finished_at = job.heartbeat_at = now
    job.save(update_fields=["state", "finished_at", "heartbeat_at"])


def fail(*, job_id: int, reason: str, now: datetime) -> None:
    """Mark a job at work as failed, with words for the person who started it.

    A revert that failed leaves the import done; it can be started again and goes on.
    """
    reverting = ImportJob.objects.filter(pk=job_id, state=State.REVERTING)
    if reverting.update(state=State.DONE, error=reason[:300], heartbeat_at=now):
        return
    working = ImportJob.objects.filter(pk=job_id, state__in=[State.CHECKING, State.WRITING])
    working.update(state=State.FAILED, error=reason[:300], heartbeat_at=now)
