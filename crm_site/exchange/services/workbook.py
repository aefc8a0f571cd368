"""A workbook that carries its reader's mark and in which no text is ever a formula (A-22)."""

import io
from collections.abc import Iterable, Sequence
from typing import Any

from crm_site.exchange.exporters import ExportColumn, Value
from crm_site.exchange.rules.text import clean_cell, safe_for_spreadsheet

WIDTH = 16


class MarkedWorkbook:
    """One sheet, written row by row: a mark on top, in every row, on every printed page."""

    def __init__(self, *, title: str, mark: str, mark_label: str) -> None:
        """The library is loaded here: it takes as long as a tenth of a start."""
        from openpyxl import Workbook

        self._mark = mark
        self._mark_label = mark_label
        self._book = Workbook(write_only=True)
        self._book.properties.creator = clean_cell(mark)
        self._book.properties.title = clean_cell(title)
        self._sheet = self._book.create_sheet(clean_cell(title)[:30])
        self._sheet.oddHeader.center.text = clean_cell(mark).replace("&", "&&")
        self._sheet.oddFooter.center.text = clean_cell(mark).replace("&", "&&")
        self._sheet.freeze_panes = "A3"
        self._numbers: set[int] = set()

    def head(self, columns: Sequence[ExportColumn]) -> None:
        """Write the line of the mark and the names of the columns."""
        from openpyxl.utils import get_column_letter

        for place in range(len(columns) + 1):
            self._sheet.column_dimensions[get_column_letter(place + 1)].width = WIDTH
        self._numbers = {place for place, column in enumerate(columns) if column.is_number}
        self._sheet.append([self._cell(self._mark)])
        names = [self._cell(str(column.label)) for column in columns]
        self._sheet.append([*names, self._cell(self._mark_label)])

    def rows(self, rows: Iterable[Sequence[Value]]) -> None:
        """Write rows; the mark stands at the end of each."""
        for row in rows:
            cells = [self._value(value, place) for place, value in enumerate(row)]
            self._sheet.append([*cells, self._cell(self._mark)])

    def save(self) -> bytes:
        """Return the file."""
        stream = io.BytesIO()
        self._book.save(stream)
        return stream.getvalue()

    def _value(self, value: Value, place: int) -> Any:
        if value is None:
            return self._cell("")
        if place in self._numbers and isinstance(value, int | float):
            return value
        return self._cell(str(value))

    def _cell(self, text: str) -> Any:
        """Return a cell that is text for every spreadsheet, whatever it begins with."""
        from openpyxl.cell import WriteOnlyCell

        clean = clean_cell(text)
        cell = WriteOnlyCell(self._sheet, value=clean)
        cell.data_type = "s"
        cell.number_format = "@"
        if safe_for_spreadsheet(clean) != clean:
            cell.quotePrefix = True
        return cell
