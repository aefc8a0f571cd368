"""The way of an export: asked with a reason, approved, made and downloaded with the asker's rights.

Every step asks for the right anew: who lost it, or sees less than the file holds, gets nothing
(A-07, A-09).
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm_site.approvals.models import Approval
from crm_site.approvals.services import Asked, amend, request_approval
from crm_site.audit.services import record
from crm_site.common.keyset import count_up_to
from crm_site.common.refusals import NotAllowedError, RefusedError, StaleError
from crm_site.common.subjects import subject
from crm_site.exchange import tasks
from crm_site.exchange.export_models import ExportJob
from crm_site.exchange.export_policy import EXPORT_RULES
from crm_site.exchange.exporters import Exporter, exporter_of
from crm_site.policies.services import in_force
from crm_site.staff.models import User

State = ExportJob.State
APPROVAL = "export"


def require_right(found: Exporter, user: User) -> None:
    """Raise NotAllowedError unless ``user`` may export this list."""
    if not user.has_perm(found.permission):
        raise NotAllowedError(_("Your role does not include this export."), code="export")


def rows_of(found: Exporter, *, user: User, query: QueryDict, now: datetime) -> int:
    """Return how many rows the list has; raise RefusedError above the limit for one file."""
    limit = in_force(EXPORT_RULES, at=now).value.rows_at_most
    count = count_up_to(found.select(user, query), limit)
    if count is None:
        message = _("The list has more than %(limit)s rows. Narrow it with filters.")
        raise RefusedError(message % {"limit": limit}, code="too-many-rows")
    return count


@transaction.atomic
def ask_export(
    *,
    kind: str,
    query: QueryDict,
    columns: Sequence[str],
    reason: str,
    actor: User,
    now: datetime,
) -> ExportJob:
    """Take an export in and return it: waiting for its approval, or queued below the limit.

    Raise NotAllowedError without the right, RefusedError for an empty or too long list or where
    nobody could approve it. Nothing is kept then.
    """
    found = exporter_of(kind)
    require_right(found, actor)
    rows = rows_of(found, user=actor, query=query, now=now)
    if not rows:
        raise RefusedError(_("The list is empty: there is nothing to export."), code="empty")
    job = ExportJob.objects.create(
        kind=kind,
        state=State.QUEUED,
        reason=reason,
        query=query.urlencode(),
        columns=[column.key for column in found.chosen(columns)],
        rows_asked=rows,
        author=actor,
        created_at=now,
        heartbeat_at=now,
    )
    if rows > in_force(EXPORT_RULES, at=now).value.rows_without_approval:
        _ask_approval(job, found, now)
    _audit("export.asked", job, actor, now, reason=reason)
    if job.state == State.QUEUED:
        tasks.make_export.delay_on_commit(job.pk)
    return job


@transaction.atomic
def change_export(
    *, job: ExportJob, columns: Sequence[str], reason: str, actor: User, now: datetime
) -> ExportJob:
    """Put other columns or another reason under an export that still waits; signatures are void.

    What is the same as before changes nothing. Raise NotAllowedError without the right, StaleError
    once it is decided. The rows are counted anew, because those who sign read how many there are.
    """
    found = exporter_of(job.kind)
    require_right(found, actor)
    # The approval first, as whoever signs locks it first.
    Approval.objects.select_for_update(of=("self",)).filter(pk=job.approval_id or 0).first()
    held = ExportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if held.author_id != actor.pk or held.state != State.WAITING or held.approval_id is None:
        raise StaleError(_("This request is decided already."))
    before = content_of(held)
    held.rows_asked = rows_of(found, user=actor, query=QueryDict(str(held.query)), now=now)
    held.columns = [column.key for column in found.chosen(columns)]
    held.reason = reason
    if content_of(held) == before:
        return held
    held.save(update_fields=["rows_asked", "columns", "reason"])
    amend(
        approval_id=held.approval_id,
        content=content_of(held),
        reason=reason,
        requester=actor,
        now=now,
    )
    _audit("export.changed", held, actor, now, reason=reason)
    return held


def content_of(job: ExportJob) -> dict[str, Any]:
    """Return what an approval of this export is about; values of filters stay out of it."""
    query = QueryDict(str(job.query))
    return {
        "export": job.pk,
        "exporter": job.kind,
        "columns": list(job.columns),
        "filters": sorted(key for key in query if query[key]),
        "rows": job.rows_asked,
        "reason": job.reason,
    }


def on_decided(approval: Approval, now: datetime) -> None:
    """Queue the export of an approval that was signed; end it otherwise."""
    waiting = ExportJob.objects.filter(approval=approval, state=State.WAITING)
    if approval.state == Approval.State.APPROVED:
        if waiting.update(state=State.QUEUED, heartbeat_at=now):
            tasks.make_export.delay_on_commit(approval.export.pk)
        return
    ends = {Approval.State.EXPIRED: State.EXPIRED, Approval.State.WITHDRAWN: State.WITHDRAWN}
    state = ends.get(Approval.State(approval.state), State.REFUSED)
    waiting.update(state=state, finished_at=now)


def open_file(*, job: ExportJob, user: User, now: datetime) -> bytes:
    """Return the workbook for its asker, with today's rights, while it lives; audited.

    Raise NotAllowedError before it is approved, after it expired, without the right, and when it
    holds a record that ``user`` no longer sees.
    """
    found = exporter_of(job.kind)
    require_right(found, user)
    if job.author_id != user.pk:
        raise NotAllowedError(_("Only who asked for a file can open it."), code="export")
    if job.state == State.EXPIRED or (job.expires_at and job.expires_at <= now):
        raise NotAllowedError(_("The file has expired. Export the list again."), code="expired")
    if job.state != State.DONE or job.file is None:
        raise NotAllowedError(_("This export is not approved and made yet."), code="not-approved")
    seen = subject(found.subject_kind).visible_to(user).filter(pk__in=job.subject_ids)
    if seen.count() != len(job.subject_ids):
        message = _("You no longer see everything this file holds. Export the list again.")
        raise NotAllowedError(message, code="scope")
    _audit("export.downloaded", job, user, now)
    return base64.b64decode(job.file)


def drop_expired(*, now: datetime) -> int:
    """Delete the files whose time is over; return how many."""
    return ExportJob.objects.dead(now=now).update(file=None, subject_ids=[], state=State.EXPIRED)


def resume(*, now: datetime) -> int:
    """Hand exports whose worker fell silent to a new one; return how many."""
    silent = list(ExportJob.objects.stalled(now=now).values_list("pk", flat=True))
    ExportJob.objects.filter(pk__in=silent).update(heartbeat_at=now)
    for pk in silent:
        tasks.make_export.delay_on_commit(pk)
    return len(silent)


def _ask_approval(job: ExportJob, found: Exporter, now: datetime) -> None:
    title = _("%(list)s: %(rows)s rows") % {"list": found.label, "rows": job.rows_asked}
    asked = Asked(kind=APPROVAL, title=title, content=content_of(job), reason=job.reason)
    job.approval = request_approval(asked=asked, requester=job.author, now=now)
    job.state = State.WAITING
    job.save(update_fields=["approval", "state"])


def _audit(kind: str, job: ExportJob, actor: User, now: datetime, *, reason: str = "") -> None:
    record(
        kind=kind,
        actor=actor,
        subject=("export", job.pk),
        reason=reason,
        facts={
            "list": job.kind,
            "rows": job.rows_done or job.rows_asked,
            "columns": list(job.columns),
        },
        now=now,
    )
