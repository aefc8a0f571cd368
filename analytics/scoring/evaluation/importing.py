"""Rows into the CRM by the import of the pages: each becomes a customer with fields of its own."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q

from analytics.scoring.evaluation.errors import EvaluationError
from analytics.scoring.evaluation.files import IDENTITY, NUMBER, Grid, number
from crm_site.common.refusals import RefusedError
from crm_site.exchange.errors import ExchangeError
from crm_site.exchange.models import ImportJob
from crm_site.exchange.services import jobs, running
from crm_site.exchange.services.report import causes_of
from crm_site.exchange.services.upload import upload
from customers.models import Customer

KEY = "customer of the file"
SYSTEM = "evaluation"


@dataclass(frozen=True)
class Imported:
    """Customers by the key of the file, since when all are known, and what was found wrong."""

    customers: dict[str, int]
    known_at: datetime
    notes: list[str]


def keys_of(grid: Grid, mapping: Mapping[str, str]) -> list[str]:
    """Return who each row is: the column mapped to the external id, else its number from 1.

    EvaluationError when a customer comes twice.
    """
    headers = [header for header, to in mapping.items() if to == IDENTITY]
    if not headers:
        return [str(place) for place in range(1, len(grid.rows) + 1)]
    keys = grid.column(headers[0])
    if len(set(keys)) != len(keys) or not all(keys):
        raise EvaluationError(f"The column {headers[0]} must name each customer once.")
    return keys


def bring_in(
    grid: Grid, mapping: Mapping[str, str], keys: Sequence[str], *, now: datetime
) -> Imported:
    """Import the mapped columns; return the customers and notes of the import."""
    content, used, emptied = _csv(grid, mapping, keys)
    try:
        job = upload(
            kind="customer",
            stream=io.BytesIO(content.encode()),
            file_name=f"{SYSTEM}.csv",
            actor=None,
            now=now,
        )
        options = {**job.options, "clocks": "none", "external_source": SYSTEM, "mode": "create"}
        jobs.set_mapping(job=job, mapping=used, options=options, actor=None)
        jobs.require_answers(job)
        jobs.begin_writing(job=job, now=now, allowed=(ImportJob.State.UPLOADED,))
        running.write(job_id=job.pk, clock=lambda: now)
    except (ExchangeError, RefusedError) as error:
        raise EvaluationError(str(error)) from error
    job.refresh_from_db()
    notes = [f"{header}: {n} cells are no number and left empty" for header, n in emptied.items()]
    notes += [
        f"{cause.count} × {cause.column or '-'}: {cause.message}"
        for cause in causes_of(job)
        if not cause.is_warning
    ]
    rows = Customer.objects.filter(Q(external_source=SYSTEM) & Q(external_id__in=list(keys)))
    if not rows:
        raise EvaluationError("No row was imported. " + " ".join(notes))
    last = rows.aggregate(last=Max("created_at"))["last"]
    return Imported(dict(rows.values_list("external_id", "pk")), last or now, notes)


def _csv(
    grid: Grid, mapping: Mapping[str, str], keys: Sequence[str]
) -> tuple[str, dict[str, str], dict[str, int]]:
    used = {header: to for header, to in mapping.items() if to and to != IDENTITY}
    emptied: dict[str, int] = {}
    columns = []
    for header, to in used.items():
        cells = grid.column(header)
        if to == NUMBER:
            numbers = [number(cell) for cell in cells]
            bad = sum(1 for cell, one in zip(cells, numbers, strict=True) if cell and one is None)
            emptied |= {header: bad} if bad else {}
            cells = [one or "" for one in numbers]
        columns.append(cells)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([KEY, *used])
    writer.writerows(zip(keys, *columns, strict=True))
    return stream.getvalue(), {KEY: IDENTITY, **used}, emptied
