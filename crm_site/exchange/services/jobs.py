"""The life of an import after the upload: mapped, tried dry, written, cancelled."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm_site.exchange import tasks
from crm_site.exchange.errors import JobStateError, MappingError
from crm_site.exchange.models import ImportJob, ImportPart, ImportRowError, ImportSeen
from crm_site.exchange.reading.table import Row
from crm_site.exchange.registry import Batcher, Outcome, Plan, importer
from crm_site.exchange.rules.dates import DateOrder
from crm_site.exchange.rules.mapping import repeated
from crm_site.exchange.services.upload import require_permission

State = ImportJob.State
MAX_VALUES = 50  # of one kind of finding that are kept by name
BEFORE_WRITING = (State.UPLOADED, State.CHECKING, State.CHECKED, State.FAILED)


def order_key(header: str) -> str:
    """Return the option under which the answer for an ambiguous date column is kept."""
    return f"order:{header}"


def open_questions(job: ImportJob) -> list[str]:
    """Return the date columns for which somebody must say whether the day or the month is first."""
    specs = {spec.key: spec for spec in importer(job.kind).fields(job.author)}
    dates = {key for key, spec in specs.items() if spec.is_date} | {"new:date"}
    return [
        column["header"]
        for column in job.columns
        if not column["order"]
        and job.mapping.get(column["header"]) in dates
        and not job.options.get(order_key(column["header"]))
    ]


@transaction.atomic
def set_mapping(
    *, job: ImportJob, mapping: Mapping[str, str], options: Mapping[str, str], actor: Any
) -> ImportJob:
    """Keep which column goes to which field and the options; what was checked before is void.

    Raise MappingError when a column is unknown, two columns claim one field, an option has no such
    value, or the importer misses a field it needs; JobStateError once writing has begun.
    """
    found = importer(job.kind)
    require_permission(found, actor)
    headers = [column["header"] for column in job.columns]
    complete = {header: mapping.get(header, "") for header in headers}
    _check_targets(found.fields(actor), complete, mapping, allow_new=found.allow_new)
    found.check_mapping(complete)
    kept = _checked_options(job, found.options(actor), options)
    changed = ImportJob.objects.filter(pk=job.pk, state__in=BEFORE_WRITING).update(
        mapping=complete, options=kept, state=State.UPLOADED, counts={}, findings={}
    )
    _require(changed)
    job.refresh_from_db()
    return job


@transaction.atomic
def start_check(*, job: ImportJob, now: datetime) -> None:
    """Send the dry run to a worker; raise MappingError while a question is open."""
    require_answers(job)
    check_mapping(job)
    changed = ImportJob.objects.filter(pk=job.pk, state__in=BEFORE_WRITING).update(
        state=State.CHECKING, heartbeat_at=now, rows_done=0, error=""
    )
    _require(changed)
    tasks.check_import.delay_on_commit(job.pk)


@transaction.atomic
def start_writing(
    *, job: ImportJob, now: datetime, allowed: tuple[str, ...] = (State.CHECKED,)
) -> None:
    """Send the writing to a worker; a second call finds the state changed and is refused."""
    require_answers(job)
    begin_writing(job=job, now=now, allowed=allowed)
    tasks.run_import.delay_on_commit(job.pk)


def begin_writing(*, job: ImportJob, now: datetime, allowed: tuple[str, ...]) -> None:
    """Move the job to writing, from its first part; raise JobStateError from any other state."""
    changed = ImportJob.objects.filter(pk=job.pk, state__in=allowed).update(
        state=State.WRITING,
        heartbeat_at=now,
        rows_done=0,
        parts_done=0,
        counts={},
        findings={},
        error="",
    )
    _require(changed)
    job.refresh_from_db()
    job.row_errors.all().delete()


@transaction.atomic
def resume(*, job: ImportJob, now: datetime) -> None:
    """Let a worker go on with an import that failed or whose worker fell silent.

    One that failed before its first part was written is tried dry again.
    """
    stalled = ImportJob.objects.stalled(now=now).filter(pk=job.pk)
    failed = ImportJob.objects.filter(pk=job.pk, state=State.FAILED)
    again = {"state": State.CHECKING, "heartbeat_at": now, "error": ""}
    if stalled.filter(state=State.CHECKING).update(heartbeat_at=now) or failed.filter(
        parts_done=0
    ).update(**again):
        tasks.check_import.delay_on_commit(job.pk)
        return
    if stalled.filter(state=State.REVERTING).update(heartbeat_at=now):
        tasks.revert_import.delay_on_commit(job.pk)
        return
    _require(
        stalled.update(heartbeat_at=now)
        or failed.update(state=State.WRITING, heartbeat_at=now, error="")
    )
    tasks.run_import.delay_on_commit(job.pk)


@transaction.atomic
def cancel(*, job: ImportJob, now: datetime) -> None:
    """Give the import up and drop its rows; what was already written stays."""
    _require(
        ImportJob.objects.filter(pk=job.pk, state__in=(*BEFORE_WRITING, State.WRITING)).update(
            state=State.CANCELLED, finished_at=now
        )
    )
    job.parts.all().delete()
    job.row_errors.all().delete()
    ImportSeen.objects.filter(job=job).delete()


def plan_of(job: ImportJob, *, now: datetime) -> Plan:
    """Return the job as its importer reads it; each date column with its spelling."""
    orders = {}
    for column in job.columns:
        order = job.options.get(order_key(column["header"])) or column["order"]
        if order:
            orders[column["header"]] = DateOrder(order)
    return Plan(
        job_id=job.pk,
        headers=tuple(column["header"] for column in job.columns),
        mapping=dict(job.mapping),
        orders=orders,
        options=dict(job.options),
        actor=job.author,
        now=now,
        zone=ZoneInfo(settings.TIME_ZONE),
    )


def open_batcher(job: ImportJob, *, now: datetime) -> Batcher:
    """Return what checks and writes the rows of ``job``, with the rights its author has now."""
    found = importer(job.kind)
    require_permission(found, job.author)
    return found.open(plan_of(job, now=now))


def rows_of(part: ImportPart) -> list[Row]:
    """Return the rows of a part as the reader gave them."""
    return [(number, cells) for number, cells in json.loads(str(part.content))]


def read_parts(job: ImportJob) -> Iterator[ImportPart]:
    """Yield the parts in order, one in memory at a time."""
    for number in range(job.parts_total):
        yield ImportPart.objects.get(job=job, number=number)


def add_counts(total: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """Return both counts together."""
    return dict(Counter(total) + Counter(more))


def add_findings(
    total: Mapping[str, Mapping[str, int]], outcome: Outcome
) -> dict[str, dict[str, int]]:
    """Return the findings with those of ``outcome``; each kind keeps its most frequent values."""
    merged = {kind: Counter(values) for kind, values in total.items()}
    for kind, values in outcome.findings.items():
        merged.setdefault(kind, Counter()).update(values)
    return {kind: dict(values.most_common(MAX_VALUES)) for kind, values in merged.items()}


def row_errors(job: ImportJob, outcome: Outcome) -> list[ImportRowError]:
    """Return what is wrong with rows, unsaved."""
    return [
        ImportRowError(
            job=job,
            row=problem.row,
            column=problem.column,
            code=problem.code,
            params=dict(problem.params),
            is_warning=problem.is_warning,
        )
        for problem in outcome.problems
    ]


def save_problems(job: ImportJob, outcome: Outcome) -> None:
    """Write what is wrong with rows, in one statement per thousand."""
    ImportRowError.objects.bulk_create(row_errors(job, outcome), batch_size=1000)


def check_mapping(job: ImportJob) -> None:
    """Raise MappingError when the importer misses a field it needs."""
    importer(job.kind).check_mapping(job.mapping)


def require_answers(job: ImportJob) -> None:
    """Raise MappingError while a date column can be read in two ways."""
    waiting = open_questions(job)
    if waiting:
        raise MappingError(
            _("Say for “%(column)s” whether the day or the month comes first.")
            % {"column": waiting[0]},
            code="ambiguous_dates",
        )


def _require(changed: int) -> None:
    if not changed:
        raise JobStateError(_("This import has moved on. Open it again to see where it stands."))


def _check_targets(
    fields: Any, complete: Mapping[str, str], given: Mapping[str, str], *, allow_new: bool
) -> None:
    known = {spec.key for spec in fields} | {""}
    if allow_new:
        known |= {"new:text", "new:number", "new:date", "new:boolean"}
    for header, target in given.items():
        if header not in complete:
            raise MappingError(
                _("The file has no column “%(column)s”.") % {"column": header}, code="no_column"
            )
        if target not in known:
            raise MappingError(
                _("There is no field “%(field)s”.") % {"field": target}, code="no_field"
            )
    twice = repeated(complete)
    if twice:
        labels = {spec.key: str(spec.label) for spec in fields}
        raise MappingError(
            _("Two columns go to “%(field)s”. Leave one of them out.")
            % {"field": labels[twice[0]]},
            code="field_twice",
        )


def _checked_options(job: ImportJob, specs: Any, given: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for spec in specs:
        value = given.get(spec.key, job.options.get(spec.key, spec.default))
        if spec.choices and value not in {key for key, _label in spec.choices}:
            raise MappingError(
                _("“%(option)s” has no such choice.") % {"option": spec.label}, code="no_choice"
            )
        kept[spec.key] = str(value)[:80]
    for column in job.columns:
        key = order_key(column["header"])
        answer = given.get(key, job.options.get(key, ""))
        if answer in ("dmy", "mdy"):
            kept[key] = answer
    return kept
