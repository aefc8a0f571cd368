"""Group complaints on the real file of 4,326 messages: imported, grouped, then one more at a time.

The floor of the import writes the same tickets and their first events in two bare statements of
Django; ours reads the file, tries every row, then checks, writes, counts feedback and keeps what a
revert needs. Grouping and linking stand beside the time they are allowed. The import is taken back
at the end. Without the file (``GOLDEN_DATA``) nothing is measured.
"""

import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from benchmarks.figures import Row, compare
from crm_site.exchange.models import ImportJob
from crm_site.exchange.services import jobs, reverting, running
from crm_site.exchange.services.upload import upload
from crm_site.staff.models import User
from customers.importers.removing import remove
from customers.models import Project
from service.groups.models import GroupSuggestion
from service.groups.services.forgetting import forget_texts
from service.groups.services.linking import link_ticket
from service.groups.services.regrouping import regroup
from service.tickets.drafts import TicketDraft
from service.tickets.models import Ticket, TicketEvent
from service.tickets.services.opening import open_ticket

FOLDER = Path(__file__).resolve().parent.parent
WHOLE_SECONDS, ONE_MS = 60.0, 50.0
LINKED = 300
SECOND_MS = 1000


def run(_customers: int) -> Iterator[Row]:
    """Yield the import beside its floor, what became of the rows, grouping, and linking."""
    folder = FOLDER / os.environ.get("GOLDEN_DATA", "../shared") / "data"
    path = folder / "complaints_cn_messages.csv"
    if not path.exists():
        print(f"absent: {path}")
        return
    project = Project.objects.order_by("pk").first()
    if project is None:
        return
    user = User.objects.get(username="service_manager")
    started = time.perf_counter()
    job = _imported(path, project, user)
    seconds = time.perf_counter() - started
    try:
        rows = list(Ticket.objects.filter(source=f"complaints:{project.pk}").order_by("pk"))
        floor = _bare(rows)
        yield compare("whole file imported", floor=floor, ours=seconds, unit="s", goal=None)
        yield from _became(job)
        yield from _grouped(project)
        yield from _linked(project, user, rows)
    finally:
        _take_back(job, user)


def _imported(path: Path, project: Project, user: User) -> ImportJob:
    with path.open("rb") as stream:
        job = upload(
            kind="complaints", stream=stream, file_name=path.name, actor=user, now=timezone.now()
        )
    options = {**job.options, "project": str(project.pk)}
    jobs.set_mapping(job=job, mapping=job.mapping, options=options, actor=user)
    jobs.start_check(job=job, now=timezone.now())
    running.check(job_id=job.pk, clock=timezone.now)
    job.refresh_from_db()
    jobs.begin_writing(job=job, now=timezone.now(), allowed=tuple(jobs.BEFORE_WRITING))
    running.write(job_id=job.pk, clock=timezone.now)
    job.refresh_from_db()
    return job


def _bare(rows: Sequence[Ticket]) -> float:
    """Return the seconds two statements take that write the same rows again, and leave nothing."""
    again = [
        Ticket(
            **{
                field.attname: getattr(row, field.attname)
                for field in Ticket._meta.concrete_fields
                if field.name not in ("id", "number", "source_id")
            },
            number=f"B{place}",
            source_id=f"bare-{place}",
        )
        for place, row in enumerate(rows)
    ]
    started = time.perf_counter()
    with transaction.atomic():
        made = Ticket.objects.bulk_create(again)
        TicketEvent.objects.bulk_create(
            TicketEvent(ticket=each, at=each.opened_at, kind="opened", to_state=each.state)
            for each in made
        )
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def _became(job: ImportJob) -> Iterator[Row]:
    """Yield how many rows were taken, and how many not or noted, by reason; none is lost."""
    for key in ("created", "repeated", "unchanged", "bad"):
        count = job.counts.get(key, 0)
        share = count / job.rows_total
        yield Row(f"rows {key}", job.rows_total, count, "rows", round(share, 3), None, None)
    for code, count in sorted(Counter(job.row_errors.values_list("code", flat=True)).items()):
        share = count / job.rows_total
        yield Row(f"said: {code}", job.rows_total, count, "rows", round(share, 3), None, None)
    whole = sum(job.counts.values())
    share = whole / job.rows_total
    yield Row(
        "rows accounted for", job.rows_total, whole, "rows", share, 1.0, whole == job.rows_total
    )


def _grouped(project: Project) -> Iterator[Row]:
    """Yield the night's run the first time, when all is learned, and the second time."""
    for name in ("whole file learned and grouped", "the same the next night"):
        started = time.perf_counter()
        regroup(project.pk, now=timezone.now())
        seconds = time.perf_counter() - started
        yield compare(name, floor=WHOLE_SECONDS, ours=seconds, unit="s", goal=1.0)
    largest = max(GroupSuggestion.objects.filter(project=project).values_list("size", flat=True))
    yield Row("largest group", 150, largest, "texts", largest / 150, 1.0, largest <= 150)


def _linked(project: Project, user: User, rows: Sequence[Ticket]) -> Iterator[Row]:
    """Yield the median and p95 of putting one more complaint with the others."""
    chance = random.Random(5)
    times, made = [], []
    for row in chance.sample(rows, LINKED):
        ticket = _one_more(row, project, user, timezone.now())
        made.append(ticket.pk)
        started = time.perf_counter()
        link_ticket(ticket.pk, now=timezone.now())
        times.append((time.perf_counter() - started) * SECOND_MS)
    with transaction.atomic():
        forget_texts(made)
        remove(Ticket, made)
    p95 = statistics.quantiles(times, n=20)[-1]
    median = statistics.median(times)
    yield compare("one more linked, median", floor=ONE_MS, ours=median, unit="ms", goal=1.0)
    yield compare("one more linked, p95", floor=ONE_MS, ours=p95, unit="ms", goal=1.0)


def _one_more(row: Ticket, project: Project, user: User, now: datetime) -> Ticket:
    body = f"{row.body[40:]}{row.body[:40]}"
    draft = TicketDraft(kind="complaint", project=project, subject=row.subject, body=body)
    return open_ticket(draft, actor=user, now=now)


def _take_back(job: ImportJob, user: User) -> None:
    reverting.start_revert(job=job, actor=user, now=timezone.now())
    reverting.revert(job_id=job.pk, clock=timezone.now)
