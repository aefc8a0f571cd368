"""The table inside a file: which row is the header, and the rows below it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from crm_site.exchange.errors import UnreadableFileError
from crm_site.exchange.reading import csv_file, workbook
from crm_site.exchange.rules.header_rows import Span, find_header
from crm_site.exchange.rules.text import clean_cell

HEADER_SEARCH_ROWS = 10
MAX_COLUMNS = 200
MAX_ROWS = 1_000_000
MAX_HEADER = 120
MAX_CELL = 8_000
Row = tuple[int, list[str]]  # row number in the sheet (the first row is 1), cells as clean text


@dataclass(slots=True)
class Table:
    """A readable file: headers, the number of the header row, rows to iterate once, spelling."""

    headers: list[str]
    header_row: int
    rows: Iterator[Row]
    encoding: str


def open_table(stream: BinaryIO) -> Table:
    """Return the table in ``stream`` (seekable); raise UnreadableFileError with what to do.

    The kind of file is told by its first bytes, never by its name.
    """
    stream.seek(0)
    start = stream.read(8)
    stream.seek(0)
    if not start:
        raise UnreadableFileError(_("The file is empty."), code="empty")
    if workbook.is_workbook(start):
        raw, spans = workbook.read_rows(stream)
        return _with_header(raw, "xlsx", spans)
    encoding = csv_file.detect_encoding(stream)
    return _with_header(csv_file.read_rows(stream, encoding), encoding, [])


def _with_header(raw: Iterator[list[str]], encoding: str, spans: list[Span]) -> Table:
    numbered = ((number, _cleaned(cells)) for number, cells in enumerate(raw, start=1))
    first = list(islice(numbered, HEADER_SEARCH_ROWS))
    found = find_header([cells for _n, cells in first], spans)
    if found is None:
        raise UnreadableFileError(
            _("No header row was found. Put the names of the columns in the first row."),
            code="no_header",
        )
    position, cells = found
    header_row = first[position][0]
    width = max(len(row) for _n, row in first)
    if width > MAX_COLUMNS:
        raise UnreadableFileError(
            _("The file has more than %(n)d columns. Delete those that are not needed.")
            % {"n": MAX_COLUMNS},
            code="too_many_columns",
        )
    headers = _named(cells, width)
    rest = chain(first[position + 1 :], numbered)
    return Table(headers, header_row, _bounded(rest, len(headers)), encoding)


def _cleaned(cells: list[str]) -> list[str]:
    """Return the cells cleaned; what is cut off is far beyond the limit of every field."""
    return [clean_cell(cell[:MAX_CELL]) for cell in cells]


def _named(cells: list[str], width: int) -> list[str]:
    names: list[str] = []
    for index in range(width):
        name = (cells[index] if index < len(cells) else "")[:MAX_HEADER] or f"[{index + 1}]"
        number, unique = 1, name
        while unique in names:
            number += 1
            unique = f"{name} ({number})"
        names.append(unique)
    return names


def _bounded(rows: Iterator[Row], width: int) -> Iterator[Row]:
    count = 0
    for number, cells in rows:
        if not any(cells):
            continue
        count += 1
        if count > MAX_ROWS:
            raise UnreadableFileError(
                _("The file has more than %(n)d rows. Split it.") % {"n": MAX_ROWS},
                code="too_many_rows",
            )
        yield number, (cells + [""] * (width - len(cells)))[:width]
