"""Batches: written, launched, sent in chunks that survive any crash, stopped (MKT-37).

The work of one chunk is one transaction that holds the batch: the rows of its recipients, their
messages and how far the batch came commit together or not at all. A worker killed in between leaves
nothing half done, two workers never take the same chunk, and nobody gets two rows of one batch.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from crm_site.audit.services import record as audit
from crm_site.common.queueing import queue
from crm_site.common.refusals import RefusedError
from crm_site.outbox.services import call_off
from crm_site.staff.models import User
from customers.models import Customer, Project
from customers.rules.consent import Purpose
from customers.services.consents import with_consent
from marketing.messaging.audiences import fixed_for, people_of
from marketing.messaging.errors import MessagingError
from marketing.messaging.models import Batch, BatchMessage, Experiment, MessageTemplate
from marketing.messaging.querysets import LAUNCH
from marketing.messaging.services.chunks import write_chunk
from marketing.messaging.services.settling import settle
from marketing.messaging.services.templates import KIND, check_values, home_of

logger = logging.getLogger(__name__)
SUBJECT: Final = "message_batch"
CHUNK: Final = 1000
LONGEST: Final = timedelta(days=31)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDraft:
    """A batch as somebody writes it."""

    name: str
    template: MessageTemplate
    audience: str
    starts_at: datetime
    ends_at: datetime
    asked: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    channel: str = "best"
    project: Project | None = None
    campaign_code: str = ""
    hour_from: int = 9
    hour_until: int = 20
    experiment: Experiment | None = None


@transaction.atomic
def write_batch(
    *, draft: BatchDraft, actor: User, now: datetime, batch: Batch | None = None
) -> Batch:
    """Keep the draft of a batch and return it; raise MessagingError once it was launched."""
    if batch is not None:
        batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
        if batch.state != "draft":
            raise MessagingError(_("The batch was launched already."))
    row = batch or Batch(author=actor, created_at=now)
    for name in draft.__slots__:
        setattr(row, name, getattr(draft, name))
    row.values, row.asked = dict(draft.values), dict(draft.asked)
    row.purpose, row.region = draft.template.purpose, home_of(draft.project, actor)
    row.save()
    return row


@transaction.atomic
def launch_batch(*, batch: Batch, actor: User, now: datetime) -> Batch:
    """Fix the words and recipients of a draft and let it begin; return it.

    Raise RefusedError, nothing written, where a place of the text has no words, the days are over,
    the text is out of use, nobody can tell who is meant, nobody would get it, or it was launched
    already.
    """
    row: Batch = (
        Batch.objects.select_for_update(of=("self",))
        .select_related("template", "experiment")
        .get(pk=batch.pk)
    )
    if not actor.has_perm(LAUNCH):
        raise MessagingError(_("You may not send batches. Ask the head of marketing."))
    _check(row, now)
    row.state, row.launched_at, row.launched_by = "preparing", now, actor
    row.title, row.body = row.template.title, row.template.body
    row.purpose, row.updated_at = row.template.purpose, now
    use = f"batch:{row.pk}"
    row.asked = fixed_for(row.audience, row.asked, actor=actor, now=now, use=use)
    if not recipients(row, now=now).exists():
        raise MessagingError(_("Nobody would get it: choose other recipients."))
    row.save()
    audit(kind="messaging.launched", actor=actor, subject=(SUBJECT, row.pk), now=now)
    transaction.on_commit(work_soon, robust=True)
    return row


def _check(row: Batch, now: datetime) -> None:
    if row.state != "draft":
        raise MessagingError(_("The batch was launched already."))
    if not row.template.is_active:
        raise MessagingError(_("The text is out of use. Choose another."))
    if row.ends_at <= now or row.ends_at - row.starts_at > LONGEST:
        raise MessagingError(_("Choose days that are not over, at most a month."))
    if row.experiment is not None and row.experiment.state != "running":
        raise MessagingError(_("Start the experiment first."))
    texts = [row.template.title, row.template.body]
    if row.experiment is not None:
        variants = row.experiment.variants.select_related("template").exclude(template=None)
        for one in variants:
            texts += [one.template.title, one.template.body]  # type: ignore[union-attr]
    check_values(texts, row.values)


def recipients(batch: Batch, *, now: datetime) -> Any:
    """Return who gets the batch: asked for, in its project, agreed to its purpose.

    Scope is that of who launches; of a draft that of who wrote it.
    """
    person = batch.launched_by or batch.author
    rows = people_of(batch.audience, batch.asked, now=now).filter(merged_into=None)
    if person is not None:
        seen = Customer.objects.visible_to(person).order_by()
        rows = rows.filter(pk__in=seen.values("pk"))
    if batch.project_id:
        rows = rows.filter(project=batch.project_id)
    elif batch.region_id:
        rows = rows.filter(region=batch.region_id)
    agreed = with_consent(rows, Purpose.CONTACT, at=now)
    return (
        agreed
        if batch.purpose == Purpose.CONTACT
        else with_consent(agreed, Purpose(batch.purpose), at=now)
    )


def send_batch(*, batch: Batch, now: datetime, chunks: int = 1_000_000) -> int:
    """Write the messages of a launched batch, chunk after chunk; return how many rows were made."""
    made = 0
    for _turn in range(chunks):
        step = send_chunk(batch.pk, now=now)
        if step is None:
            break
        made += step
    return made


@transaction.atomic
def send_chunk(batch_id: int, *, now: datetime) -> int | None:
    """Write the next chunk; return how many rows, None where there is nothing (more) to do."""
    batch: Batch | None = (
        Batch.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("experiment", "launched_by")
        .filter(pk=batch_id, state="preparing", starts_at__lte=now)
        .first()
    )
    if batch is None:
        return None
    rows = recipients(batch, now=now).filter(pk__gt=batch.frozen_to)
    people = list(rows.select_related("owner", "project").order_by("pk")[:CHUNK])
    if not people:
        Batch.objects.filter(pk=batch.pk).update(state="sending", updated_at=now)
        return None
    write_chunk(batch, people, now=now)
    Batch.objects.filter(pk=batch.pk).update(frozen_to=people[-1].pk, updated_at=now)
    return len(people)


def work_batches(*, now: datetime, chunks: int = 60) -> dict[str, int]:
    """Go on with every launched batch: write what is missing, settle what left, end what is over.

    Safe to repeat and to kill. Return how many rows were made and how many batches ended. A batch
    whose recipients nobody can tell any longer waits, and holds up no other.
    """
    counts = {"rows": 0, "ended": 0}
    for batch in Batch.objects.at_work(now).order_by("starts_at", "pk"):
        try:
            counts["rows"] += send_batch(batch=batch, now=now, chunks=chunks)
        except RefusedError as refusal:
            logger.error("batch %s waits: %s", batch.pk, refusal)
        settle(batch)
        counts["ended"] += _end(batch, now)
    return counts


def _end(batch: Batch, now: datetime) -> int:
    open_rows = BatchMessage.objects.filter(batch=batch, state__in=("planned", "queued"))
    if open_rows.exists():
        return 0
    rows = Batch.objects.filter(pk=batch.pk, state="sending")
    return rows.update(state="done", ended_at=now, updated_at=now)


@transaction.atomic
def stop_batch(*, batch: Batch, actor: User, now: datetime) -> Batch:
    """Stop a launched batch: what still waits is held back. Raise MessagingError if it is over."""
    row: Batch = Batch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if not row.is_open:
        raise MessagingError(_("The batch is not being sent."))
    Batch.objects.filter(pk=row.pk).update(state="stopped", ended_at=now, updated_at=now)
    call_off(kind=KIND, subject=(SUBJECT, row.pk))
    settle(row)
    audit(kind="messaging.stopped", actor=actor, subject=(SUBJECT, row.pk), now=now)
    row.refresh_from_db()
    return row


def preview(batch: Batch, *, now: datetime) -> dict[str, int]:
    """Return how many are asked for, how many did not agree, and how many would get it."""
    asked = people_of(batch.audience, batch.asked, now=now).filter(merged_into=None)
    person = batch.launched_by or batch.author
    if person is not None:
        asked = asked.filter(pk__in=Customer.objects.visible_to(person).order_by().values("pk"))
    if batch.project_id:
        asked = asked.filter(project=batch.project_id)
    elif batch.region_id:
        asked = asked.filter(region=batch.region_id)
    everybody, agreed = asked.count(), recipients(batch, now=now).count()
    return {"asked": everybody, "refused": everybody - agreed, "recipients": agreed}


def work_soon() -> None:
    """Queue the job of batches now; the schedule asks again soon anyway."""
    from marketing.messaging.tasks import work_batches as task

    queue(task)
