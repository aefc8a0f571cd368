"""What a person reads about an import: counts, causes of problems, findings, samples."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Min
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.exchange.models import ImportJob, ImportKept, ImportPart
from crm_site.exchange.registry import importer, message_of
from crm_site.exchange.rules.columns import kind_of
from crm_site.exchange.services.jobs import rows_of

SAMPLE_ROWS = 5
SAMPLE_CELLS = 40
SAMPLE_LENGTH = 18
SECRET_KINDS = ("phone", "id_number")
ALWAYS_SHOWN = ("created", "updated", "bad")
# count -> words, tone class of the bar, shape of the mark
COUNTS: dict[str, tuple[str | Promise, str, str]] = {
    "created": (_("To create"), "k-a", "dot"),
    "updated": (_("To update"), "k-b", "sq"),
    "unchanged": (_("Unchanged"), "muted", "ring"),
    "repeated": (_("Repeated in the file"), "k-c", "dia"),
    "bad": (_("With errors"), "k-d", "tri"),
}
DONE_WORDS = {"created": _("Created"), "updated": _("Updated"), "bad": _("Not imported")}


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in one column: how many rows it met, some of them with the cell's content."""

    code: str
    column: str
    is_warning: bool
    count: int
    rows: list[int]
    params: Mapping[str, Any]
    cells: dict[int, str] = field(default_factory=dict)

    @property
    def message(self) -> str:
        """The cause in the current language."""
        return message_of(self.code, self.params)


@dataclass(frozen=True, slots=True)
class Share:
    """One count with its place on the bar, in per cent."""

    key: str
    label: str | Promise
    tone: str
    mark: str
    count: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row that a revert left: its record, as far as the person may see it, and why."""

    number: int
    name: str
    url: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the page says about what rows became or would become."""

    shares: list[Share]
    causes: list[Cause]
    findings: list[tuple[str | Promise, list[tuple[str, int]]]]
    to_write: int
    bad: int
    same_file_at: datetime | None


def describe(job: ImportJob) -> Report:
    """Return the report of a job that was tried dry or written; empty parts before."""
    causes = causes_of(job)
    _show_cells(job, causes)
    labels = importer(job.kind).findings
    findings = [(labels.get(key, key), list(found.items())) for key, found in job.findings.items()]
    count = job.counts.get
    return Report(
        shares=_shares(job),
        causes=causes,
        findings=findings,
        to_write=count("created", 0) + count("updated", 0),
        bad=count("bad", 0),
        same_file_at=_same_file_at(job),
    )


def causes_of(job: ImportJob) -> list[Cause]:
    """Return the causes, errors before warnings, the most frequent first; two queries."""
    groups = (
        job.row_errors.values("code", "column", "is_warning")
        .annotate(count=Count("id"), first=Min("id"), rows=ArrayAgg("row", order_by="row"))
        .order_by("is_warning", "-count", "code")
    )
    found = list(groups)
    params = dict(
        job.row_errors.filter(pk__in=[g["first"] for g in found]).values_list("pk", "params")
    )
    return [
        Cause(
            code=group["code"],
            column=group["column"],
            is_warning=group["is_warning"],
            count=group["count"],
            rows=group["rows"][:SAMPLE_ROWS],
            params=params[group["first"]],
        )
        for group in found
    ]


def reverted_counts(job: ImportJob) -> list[tuple[str | Promise, int]]:
    """Return what a revert has done so far, in words of its importer, with the number of rows."""
    labels = {**importer(job.kind).revert_counts, "kept": _("Rows kept")}
    return [(label, job.revert_counts.get(key, 0)) for key, label in labels.items()]


def kept_rows(job: ImportJob, kept: Sequence[ImportKept], user: Any) -> list[KeptRow]:
    """Return rows a revert left as the page shows them."""
    found = importer(job.kind)
    named = found.subjects(user, [one.subject_id for one in kept])
    labels = {spec.key: str(spec.label) for spec in found.fields(job.author)} if kept else {}
    rows = []
    for one in kept:
        name, url = named.get(one.subject_id, ("", ""))
        fields = ", ".join(labels.get(key, key) for key in one.fields)
        rows.append(KeptRow(one.row, name, url, message_of(one.code, {"fields": fields})))
    return rows


def samples_of(job: ImportJob) -> dict[str, str]:
    """Return the first value of each column, numbers of persons masked."""
    part = ImportPart.objects.filter(job=job, number=0).first()
    if part is None:
        return {}
    rows = rows_of(part)[:50]
    samples = {}
    for index, column in enumerate(job.columns):
        value = next((cells[index] for _row, cells in rows if cells[index]), "")
        samples[column["header"]] = _shown(value, column["kind"])
    return samples


def _shown(value: str, kind: str) -> str:
    if kind in SECRET_KINDS or kind_of(value) in SECRET_KINDS:
        return f"{value[:3]}****{value[-4:]}" if len(value) > 7 else "****"
    return value if len(value) <= SAMPLE_LENGTH else f"{value[:SAMPLE_LENGTH]}…"


def _show_cells(job: ImportJob, causes: list[Cause]) -> None:
    """Put the content of the sample rows beside their causes, reading each part once."""
    index = {column["header"]: place for place, column in enumerate(job.columns)}
    wanted = {row for cause in causes for row in cause.rows if cause.column}
    if not wanted:
        return
    cells: dict[int, list[str]] = {}
    parts = ImportPart.objects.filter(job=job, first_row__lte=max(wanted)).order_by("number")
    spans = list(parts.values_list("number", "first_row"))
    for place, (number, first) in enumerate(spans):
        end = spans[place + 1][1] if place + 1 < len(spans) else max(wanted) + 1
        if any(first <= row < end for row in wanted):
            part = ImportPart.objects.get(job=job, number=number)
            cells.update({row: line for row, line in rows_of(part) if row in wanted})
    for cause in causes:
        for row in cause.rows:
            if cause.column in index and row in cells:
                cause.cells[row] = cells[row][index[cause.column]][:SAMPLE_CELLS]


def _shares(job: ImportJob) -> list[Share]:
    total = sum(job.counts.values()) or 1
    shares, start = [], 0.0
    for key, (label, tone, mark) in COUNTS.items():
        count = job.counts.get(key, 0)
        width = 100 * count / total
        if not count and key not in ALWAYS_SHOWN:
            continue
        words = DONE_WORDS.get(key, label) if job.finished_at else label
        shares.append(Share(key, words, tone, mark, count, round(start, 2), round(width, 2)))
        start += width
    return shares


def _same_file_at(job: ImportJob) -> datetime | None:
    """Return when the same bytes were last imported, if they were."""
    done = ImportJob.objects.filter(
        file_digest=job.file_digest, kind=job.kind, state=ImportJob.State.DONE
    )
    others = done.exclude(pk=job.pk).order_by("-finished_at")
    return others.values_list("finished_at", flat=True).first()
