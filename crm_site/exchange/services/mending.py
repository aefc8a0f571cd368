"""Cells of a tried import mended in place: tried again alone, kept in their encrypted part."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from crm_site.exchange.errors import JobStateError
from crm_site.exchange.models import ImportJob, ImportPart, ImportRowError
from crm_site.exchange.reading.table import MAX_CELL, Row
from crm_site.exchange.registry import Outcome, message_of
from crm_site.exchange.rules.text import clean_cell
from crm_site.exchange.services import jobs

SHOWN = ("errors", "all")
MOVED_ON = _("This import has moved on. Open it again to see where it stands.")


@dataclass(frozen=True, slots=True)
class BadCell:
    """A cell that can be mended; ``name`` is the name of its field in the form."""

    index: int
    header: str
    value: str
    reasons: list[str]

    @property
    def name(self) -> str:
        """Return the name of the form's field."""
        return f"cell-{self.index}"


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row with problems: its number in the file, what is wrong with it as a whole, its cells."""

    number: int
    reasons: list[str]
    cells: list[BadCell]
    is_bad: bool


def rows_with_problems(job: ImportJob, *, shown: str) -> QuerySet[ImportRowError]:
    """Return the first problem of each row; with ``shown`` "all" rows with a warning as well."""
    wanted = job.row_errors.all() if shown == "all" else job.row_errors.filter(is_warning=False)
    earlier = wanted.filter(row=OuterRef("row"), pk__lt=OuterRef("pk"))
    return wanted.filter(~Exists(earlier))


def bad_rows(job: ImportJob, numbers: Sequence[int]) -> list[BadRow]:
    """Return the rows of these numbers, in that order, with what the trial run said."""
    lines = _lines(job, numbers)
    problems: dict[int, list[ImportRowError]] = {number: [] for number in numbers}
    for error in job.row_errors.filter(row__in=numbers).order_by("row", "id"):
        problems[error.row].append(error)
    return [
        describe_row(job, (number, lines[number]), problems[number])
        for number in numbers
        if number in lines
    ]


def describe_row(job: ImportJob, row: Row, problems: Iterable[ImportRowError]) -> BadRow:
    """Return the row as the page shows it: bad cells, all mapped ones where none is named."""
    number, cells = row
    by_column: dict[str, list[str]] = {}
    for problem in problems:
        words = message_of(problem.code, problem.params)
        by_column.setdefault(problem.column, []).append(words)
    whole = by_column.pop("", [])
    return BadRow(
        number=number,
        reasons=whole,
        cells=[
            BadCell(index, column["header"], cells[index], by_column.get(column["header"], []))
            for index, column in enumerate(job.columns)
            if column["header"] in by_column or (whole and job.mapping.get(column["header"]))
        ],
        is_bad=any(not problem.is_warning for problem in problems),
    )


@transaction.atomic
def mend(*, job: ImportJob, number: int, texts: Mapping[int, str], now: datetime) -> BadRow:
    """Put ``texts`` (index of the column -> text) into row ``number`` and try that row again.

    A row that is still bad changes nothing; it comes back with its reasons. Raise JobStateError
    unless the import was tried and is not being written, or has no such row with problems.
    """
    job = ImportJob.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if job.state != ImportJob.State.CHECKED:
        raise JobStateError(MOVED_ON)
    part = job.parts.filter(first_row__lte=number).order_by("-first_row").first()
    rows = jobs.rows_of(part) if part else []
    place = next((at for at, (row, _cells) in enumerate(rows) if row == number), None)
    if part is None or place is None or not job.row_errors.filter(row=number).exists():
        raise JobStateError(_("This row has no problem any more."))
    cells = [
        clean_cell(texts[index][:MAX_CELL]) if index in texts else cell
        for index, cell in enumerate(rows[place][1])
    ]
    batcher = jobs.open_batcher(job, now=now)
    outcome = batcher.check([(number, cells)])
    batcher.forget()
    problems = jobs.row_errors(job, outcome)
    if not outcome.counts["bad"]:
        rows[place] = (number, cells)
        _keep(job, part, rows, number, outcome)
    return describe_row(job, (number, cells), problems)


def _keep(job: ImportJob, part: ImportPart, rows: list[Row], number: int, outcome: Outcome) -> None:
    part.content = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    part.save(update_fields=["content"])
    was_bad = job.row_errors.filter(row=number, is_warning=False).exists()
    job.row_errors.filter(row=number).delete()
    jobs.save_problems(job, outcome)
    counts = dict(job.counts)
    if was_bad:
        counts["bad"] = counts.get("bad", 0) - 1
        job.counts = {key: n for key, n in jobs.add_counts(counts, outcome.counts).items() if n}
    job.findings = jobs.add_findings(job.findings, outcome)
    job.save(update_fields=["counts", "findings"])


def _lines(job: ImportJob, numbers: Sequence[int]) -> dict[int, list[str]]:
    """Return the cells of these rows, reading each part that holds one of them once."""
    if not numbers:
        return {}
    wanted, found = set(numbers), {}
    starts = list(job.parts.order_by("number").values_list("number", "first_row"))
    ends = [*(first for _number, first in starts[1:]), max(wanted) + 1]
    for (number, first), end in zip(starts, ends, strict=True):
        if any(first <= row < end for row in wanted):
            part = ImportPart.objects.get(job=job, number=number)
            found.update({row: cells for row, cells in jobs.rows_of(part) if row in wanted})
    return found
