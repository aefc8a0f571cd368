"""From the bytes of a file to a job with readable, encrypted parts."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any, BinaryIO

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crm_site.common.refusals import NotAllowedError
from crm_site.exchange.errors import UnreadableFileError
from crm_site.exchange.models import ImportJob, ImportPart
from crm_site.exchange.reading.table import Row, Table, open_table
from crm_site.exchange.registry import Importer, importer
from crm_site.exchange.rules.columns import Column
from crm_site.exchange.rules.mapping import NOTE, Target, propose, signature
from crm_site.exchange.rules.text import clean_cell

PART_ROWS = 2_000
BLOCK = 1 << 20
MAX_FILE_NAME = 200


@transaction.atomic
def upload(*, kind: str, stream: BinaryIO, file_name: str, actor: Any, now: datetime) -> ImportJob:
    """Read the file into a new job with a proposed mapping and default options, and return it.

    Raise UnreadableFileError (nothing is kept) or NotAllowedError. ``actor`` None is the system.
    """
    found = importer(kind)
    require_permission(found, actor)
    digest = _digest(stream)
    table = open_table(stream)
    job = ImportJob.objects.create(
        kind=kind,
        file_name=clean_file_name(file_name),
        file_digest=digest,
        encoding=table.encoding,
        signature=signature(table.headers),
        author=actor,
        created_at=now,
    )
    columns = _keep_rows(job, table)
    job.columns = [column.to_json() for column in columns]
    job.mapping = remembered_mapping(job) or _proposed(found, columns, actor)
    defaults = {option.key: option.default for option in found.options(actor)}
    job.options = defaults | found.suggest(job.mapping)
    job.save()
    return job


def require_permission(found: Importer, actor: Any) -> None:
    """Raise NotAllowedError unless ``actor`` may use the importer."""
    if actor is not None and not actor.has_perm(found.permission):
        raise NotAllowedError(_("Your role does not include this import."), code="import")


def clean_file_name(name: str) -> str:
    """Return the last part of a file name, without anything that could act on a screen."""
    return clean_cell(name.replace("\\", "/").rpartition("/")[2])[-MAX_FILE_NAME:] or "-"


def remembered_mapping(job: ImportJob) -> dict[str, str]:
    """Return how a file with the same headers was mapped when it was last imported, or ``{}``."""
    known = ImportJob.objects.filter(
        kind=job.kind, signature=job.signature, state=ImportJob.State.DONE
    )
    last = known.order_by("-id").values_list("mapping", flat=True).first()
    headers = [column["header"] for column in job.columns]
    named = {header for header in headers if not header.startswith(NOTE)}
    if not last or named != {header for header in last if not header.startswith(NOTE)}:
        return {}
    return {header: last.get(header, "") for header in headers}


def _proposed(found: Importer, columns: list[Column], actor: Any) -> dict[str, str]:
    targets = [Target(f.key, f.aliases, f.looks_like) for f in found.fields(actor)]
    return propose(columns, targets, allow_new=found.allow_new)


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    stream.seek(0)
    while block := stream.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _keep_rows(job: ImportJob, table: Table) -> list[Column]:
    """Write the rows in parts; return what each column holds."""
    columns = [Column(header) for header in table.headers]
    number = -1
    for number, rows in enumerate(_parts(table.rows)):
        for _row, cells in rows:
            for column, cell in zip(columns, cells, strict=True):
                if cell:
                    column.add(cell)
        ImportPart.objects.create(
            job=job,
            number=number,
            first_row=rows[0][0],
            rows=len(rows),
            content=json.dumps(rows, ensure_ascii=False, separators=(",", ":")),
        )
        job.rows_total += len(rows)
    if number < 0:
        raise UnreadableFileError(_("Below its header the file has no rows."), code="no_rows")
    job.parts_total = number + 1
    return columns


def _parts(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while part := list(islice(rows, PART_ROWS)):
        yield part
