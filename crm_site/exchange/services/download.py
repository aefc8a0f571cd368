"""The rows that were not imported, handed back as a file with the reason beside each (A-22)."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from crm_site.exchange.models import ImportJob
from crm_site.exchange.registry import message_of
from crm_site.exchange.rules.mapping import NOTE
from crm_site.exchange.rules.text import safe_for_spreadsheet
from crm_site.exchange.services.jobs import read_parts, rows_of


def bad_rows(job: ImportJob) -> Iterator[list[str]]:
    """Yield the header, then each bad row as it was in the file, its number and its reasons first.

    The added columns begin with ``#``, so that the mended file can be uploaded as it is.
    """
    reasons = _reasons(job)
    headers = [column["header"] for column in job.columns]
    yield [f"{NOTE}{_('Row')}", f"{NOTE}{_('Reason')}", *headers]
    for part in read_parts(job):
        for number, cells in rows_of(part):
            if number in reasons:
                yield [str(number), " ".join(reasons[number]), *cells]


def as_csv(job: ImportJob) -> bytes:
    """Return the bad rows as CSV in UTF-8 with BOM; no cell is read as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for row in bad_rows(job):
        writer.writerow([safe_for_spreadsheet(cell) for cell in row])
    return text.getvalue().encode("utf-8-sig")


def as_workbook(job: ImportJob) -> bytes:
    """Return the bad rows as a workbook whose cells are all text.

    The library is loaded here: it takes as long as a tenth of a start, and few ask for the file.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in bad_rows(job):
        cells = [WriteOnlyCell(sheet, value=text) for text in row]
        for cell in cells:
            cell.data_type = "s"
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _reasons(job: ImportJob) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    errors = job.row_errors.filter(is_warning=False).order_by("row", "id")
    for row, column, code, params in errors.values_list("row", "column", "code", "params"):
        words = message_of(code, params)
        found.setdefault(row, []).append(f"{column}: {words}" if column else words)
    return found
