"""Taking an import back: started once, worked off part by part, the last part first."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crm_site.audit.services import record
from crm_site.common.refusals import NotAllowedError
from crm_site.exchange import tasks
from crm_site.exchange.errors import ExchangeError, JobStateError
from crm_site.exchange.import_policy import IMPORT_RULES
from crm_site.exchange.models import (
    ImportJob,
    ImportKept,
    ImportPart,
    ImportRowError,
    ImportSeen,
    ImportTrace,
)
from crm_site.exchange.registry import Reverter, Undone, importer
from crm_site.exchange.services import jobs
from crm_site.exchange.services.running import ATTEMPTS, Clock
from crm_site.exchange.services.upload import require_permission
from crm_site.policies.services import in_force

State = ImportJob.State
REVERTIBLE = (State.DONE, State.FAILED, State.CANCELLED)
EVENT = "import.revert_started"
TOO_LATE = _("This import can no longer be reverted.")


def revert_until(job: ImportJob, *, now: datetime) -> datetime | None:
    """Return until when ``job`` can be taken back; ``None`` where it cannot (any more)."""
    if job.state not in REVERTIBLE or importer(job.kind).reverter is None:
        return None
    end = (job.finished_at or job.created_at) + timedelta(days=_days(now))
    return end if now < end and job.traces.exists() else None


@transaction.atomic
def start_revert(*, job: ImportJob, actor: Any, now: datetime) -> None:
    """Send the revert to a worker; raise JobStateError when it cannot be taken back (any more),
    NotAllowedError without the right to import. A second call finds the state changed."""
    require_permission(importer(job.kind), actor)
    if job.author_id != getattr(actor, "pk", None):
        raise NotAllowedError(_("Your role does not include this import."), code="import")
    if revert_until(job, now=now) is None:
        raise JobStateError(TOO_LATE)
    changed = ImportJob.objects.filter(pk=job.pk, state=job.state).update(
        state=State.REVERTING, heartbeat_at=now, error=""
    )
    if not changed:
        raise JobStateError(_("This import has moved on. Open it again to see where it stands."))
    facts = {"kind": job.kind, "rows": job.rows_done}
    record(kind=EVENT, actor=actor, subject=("import", job.pk), facts=facts, now=now)
    tasks.revert_import.delay_on_commit(job.pk)


def revert(*, job_id: int, clock: Clock, until: datetime | None = None) -> bool:
    """Take back the parts that are still to be taken back; return whether some are left.

    Each part is one transaction with its progress; two workers at once take turns.
    """
    reverter: Reverter | None = None
    while True:
        job = ImportJob.objects.select_related("author").get(pk=job_id)
        if job.state != State.REVERTING:
            return False
        now = clock()
        reverter = reverter or open_reverter(job, now=now)
        if not _revert_next(job_id, reverter, now):
            return False
        if until is not None and clock() >= until:
            return True


def open_reverter(job: ImportJob, *, now: datetime) -> Reverter:
    """Return what takes the rows of ``job`` back, with the rights its author has now."""
    found = importer(job.kind)
    require_permission(found, job.author)
    if found.reverter is None:
        raise ExchangeError(TOO_LATE, code="no_revert")
    return found.reverter(jobs.plan_of(job, now=now))


def drop_old(*, now: datetime) -> int:
    """Delete rows, traces and findings of imports nobody can take back any more; return how many.

    The job itself stays: who imported which file, when, and what became of its rows.
    """
    old = ImportJob.objects.over(before=now - timedelta(days=_days(now)))
    keys = list(old.values_list("pk", flat=True))
    parts = ImportPart.objects.filter(job__in=keys)
    traces = ImportTrace.objects.filter(job__in=keys)
    held = set(parts.values_list("job_id", flat=True)) | set(
        traces.values_list("job_id", flat=True)
    )
    with transaction.atomic():
        unfinished = ImportJob.objects.filter(pk__in=held, state__in=jobs.BEFORE_WRITING)
        unfinished.update(state=State.CANCELLED, finished_at=now)
        parts.delete()
        traces.delete()
        ImportRowError.objects.filter(job__in=held).delete()
        ImportSeen.objects.filter(job__in=held).delete()
    return len(held)


def _days(now: datetime) -> int:
    return int(in_force(IMPORT_RULES, at=now).value.revert_days)


def _revert_next(job_id: int, reverter: Reverter, now: datetime) -> bool:
    """Take one part back; return whether there was one. A conflict with somebody is repeated."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with transaction.atomic():
                return _revert_part(job_id, reverter, now)
        except IntegrityError:
            if attempt == ATTEMPTS:
                raise
    return False


def _revert_part(job_id: int, reverter: Reverter, now: datetime) -> bool:
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job_id)
    if job.state != State.REVERTING:
        return False
    trace = next(iter(job.traces.order_by("-number")[job.parts_reverted :][:1]), None)
    if trace is None:
        _finish(job, reverter, now)
        return False
    undone = reverter.revert(json.loads(str(trace.content)))
    _progress(job, undone, now)
    return True


def _progress(job: ImportJob, undone: Undone, now: datetime) -> None:
    kept = [
        ImportKept(
            job=job, row=one.row, subject_id=one.subject_id, code=one.code, fields=list(one.fields)
        )
        for one in sorted(undone.kept, key=lambda one: one.row)
    ]
    ImportKept.objects.bulk_create(kept, batch_size=1000)
    job.revert_counts = jobs.add_counts(job.revert_counts, undone.counts)
    job.parts_reverted += 1
    job.heartbeat_at = now
    job.save(update_fields=["revert_counts", "parts_reverted", "heartbeat_at"])


def _finish(job: ImportJob, reverter: Reverter, now: datetime) -> None:
    reverter.finish(_traces(job))
    job.state = State.REVERTED
    job.reverted_at = job.heartbeat_at = now
    job.save(update_fields=["state", "reverted_at", "heartbeat_at"])


def _traces(job: ImportJob) -> Iterator[Mapping[str, Any]]:
    for content in job.traces.order_by("number").values_list("content", flat=True).iterator():
        yield json.loads(str(content))
