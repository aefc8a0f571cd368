"""What the worker does with an export: make the file, with the asker's rights of this moment."""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.approvals.services import use
from crm_site.audit.services import record, record_bulk
from crm_site.common.display import local_dt
from crm_site.common.refusals import RefusedError
from crm_site.exchange.export_messages import MASS_EXPORT, READY
from crm_site.exchange.export_models import ExportJob
from crm_site.exchange.export_policy import EXPORT_RULES, ExportRules
from crm_site.exchange.exporters import Exporter, ExportFilterError, exporter_of
from crm_site.exchange.services.exports import APPROVAL, content_of, require_right, rows_of
from crm_site.exchange.services.workbook import MarkedWorkbook
from crm_site.outbox.services import Outgoing, send_many
from crm_site.policies.services import in_force
from crm_site.staff.models import User
from crm_site.staff.selectors import superiors

State = ExportJob.State
BATCH = 500
WINDOW = timedelta(hours=1)
WATCHERS = ("secadmin", "auditor")


def make_export(*, job_id: int, now: datetime) -> bool:
    """Make the file of a queued export and keep it encrypted; return whether it was made.

    The asker's account is read anew: a lost right, a smaller scope or a missing approval decides
    now, whatever held when it was asked for (A-09). A worker that died leaves no file.
    """
    job = _claim(job_id, now)
    if job is None:
        return False
    try:
        content, keys = _build(job, now)
    except (RefusedError, ExportFilterError) as error:
        fail(job_id=job.pk, reason=str(error), now=now)
        return False
    _keep(job, content, keys, now)
    return True


def fail(*, job_id: int, reason: str, now: datetime) -> None:
    """End an export without a file, with words for who asked."""
    working = ExportJob.objects.filter(pk=job_id, state__in=[State.QUEUED, State.RUNNING])
    working.update(state=State.FAILED, error=reason[:300], finished_at=now)


def _claim(job_id: int, now: datetime) -> ExportJob | None:
    """Take a queued export, using up its approval; one that a dead worker held is taken again."""
    refused: RefusedError | None = None
    with transaction.atomic():
        row = ExportJob.objects.select_for_update(of=("self",)).select_related("author__node")
        job = row.filter(pk=job_id, state__in=[State.QUEUED, State.RUNNING]).first()
        if job is None:
            return None
        try:
            if job.state == State.QUEUED:
                _use_approval(job, now)
        except RefusedError as error:
            refused = error
        else:
            job.state, job.heartbeat_at = State.RUNNING, now
            job.save(update_fields=["state", "heartbeat_at"])
    if refused is not None:
        fail(job_id=job_id, reason=str(refused), now=now)
        return None
    return job


def _use_approval(job: ExportJob, now: datetime) -> None:
    limit = in_force(EXPORT_RULES, at=now).value.rows_without_approval
    if job.approval_id is None and job.rows_asked <= limit:
        return
    use(
        approval_id=job.approval_id or 0,
        kind=APPROVAL,
        content=content_of(job),
        user=job.author,
        now=now,
    )


def _build(job: ExportJob, now: datetime) -> tuple[bytes, list[int]]:
    """Return the workbook and the keys of its rows, as the author sees the list now."""
    found, user = exporter_of(job.kind), job.author
    require_right(found, user)
    query = QueryDict(str(job.query))
    rows_of(found, user=user, query=query, now=now)
    mark = mark_of(job, now)
    book = MarkedWorkbook(title=str(found.label), mark=mark, mark_label=_("Mark"))
    columns = found.chosen(job.columns)
    book.head(columns)
    keys: list[int] = []
    for batch in _batches(found, user, query):
        book.rows(found.cells(batch, user, [column.key for column in columns], now))
        keys += [row.pk for row in batch]
        beat = {"rows_done": len(keys), "heartbeat_at": timezone.now()}
        ExportJob.objects.filter(pk=job.pk, state=State.RUNNING).update(**beat)
    return book.save(), keys


def mark_of(job: ExportJob, now: datetime) -> str:
    """Return the words by which a leaked file names who took it: name, number, time, export."""
    user = job.author
    number = user.employee_no[-4:] or str(user.pk)
    return _("Internal · %(name)s %(number)s · %(at)s · export %(job)s") % {
        "name": user.name,
        "number": number,
        "at": local_dt(now),
        "job": str(job),
    }


def _batches(found: Exporter, user: User, query: QueryDict) -> Iterator[list[Any]]:
    """Yield the rows of the list, newest first, in steps by key, so that none comes twice."""
    rows = found.select(user, query).order_by("-pk")
    last: int | None = None
    while True:
        batch = list((rows if last is None else rows.filter(pk__lt=last))[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1].pk


@transaction.atomic
def _keep(job: ExportJob, content: bytes, keys: list[int], now: datetime) -> None:
    rules = in_force(EXPORT_RULES, at=now).value
    kept = ExportJob.objects.filter(pk=job.pk, state=State.RUNNING).update(
        state=State.DONE,
        file=base64.b64encode(content).decode(),
        subject_ids=keys,
        rows_done=len(keys),
        finished_at=now,
        expires_at=now + timedelta(hours=rules.file_hours),
    )
    if not kept:
        return
    record_bulk(
        kind="export.made",
        actor=job.author,
        subject_kind=exporter_of(job.kind).subject_kind,
        ids=keys,
        reason=job.reason,
        facts={
            "export": job.pk,
            "columns": list(job.columns),
            "filters": content_of(job)["filters"],
            "approval": job.approval_id,
        },
        now=now,
    )
    params, about = {"rows": len(keys)}, ("export", job.pk)
    send_many([Outgoing(READY, job.author, f"export:{job.pk}:ready", params, about)], now=now)
    _watch(job.author, rules, now)


def _watch(author: User, rules: ExportRules, now: datetime) -> None:
    """Alarm the watchers and the superiors when an account takes out too much in an hour (A-62)."""
    mine = ExportJob.objects.filter(author=author, finished_at__gt=now - WINDOW)
    rows = mine.aggregate(n=Sum("rows_done"))["n"] or 0
    if rows <= rules.alarm_rows_per_hour:
        return
    event = record(
        kind=MASS_EXPORT,
        actor=None,
        subject=("user", author.pk),
        facts={"rows": rows, "minutes": 60, "role": author.role},
        now=now,
    )
    watchers = User.objects.filter(is_active=True, role__in=WATCHERS).order_by("pk")
    told = {person.pk: person for person in [*watchers, *superiors(author)]}
    params = {"person": author.name, "rows": rows}
    send_many(
        [Outgoing(MASS_EXPORT, pk, f"{MASS_EXPORT}:{event.pk}:{pk}", params) for pk in told],
        now=now,
    )
