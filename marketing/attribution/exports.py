"""The table of attribution as a file in which no text is a formula."""

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_site.exchange.rules.text import clean_cell, safe_for_spreadsheet
from marketing.attribution import choices
from marketing.attribution.asked import Asked
from marketing.attribution.selectors import Table, TableLine

EXPORTED: Final = "attribution.exported"
Cell = str | Decimal | int | None


def _rows(table: Table) -> Iterator[list[Cell]]:
    heads: list[Cell] = [pgettext("thing", "Code"), pgettext("thing", "Name"), _("Contracts")]
    heads += [f"{label} ({_('yuan')})" for _key, label in choices.MODELS]
    if table.with_cost:
        heads += [_("Cost (yuan)"), _("Return on cost (%)")]
    yield heads
    for line in [*table.lines, table.total]:
        yield _cells(line, with_cost=table.with_cost)


def _cells(line: TableLine, *, with_cost: bool) -> list[Cell]:
    cells: list[Cell] = [line.code, line.label, line.contracts, *line.by_model]
    return [*cells, line.cost, line.roi] if with_cost else cells


def as_csv(table: Table, asked: Asked, *, mark: str) -> bytes:
    """Return the table as CSV that spreadsheets read as UTF-8, with who took it on top."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow([safe_for_spreadsheet(clean_cell(mark)), _question(asked)])
    for row in _rows(table):
        writer.writerow(_plain(cell) for cell in row)
    return stream.getvalue().encode("utf-8-sig")


def as_xlsx(table: Table, asked: Asked, *, mark: str) -> bytes:
    """Return the table as a workbook; amounts are numbers, everything else is text."""
    from openpyxl import Workbook  # it takes as long as a tenth of a start

    book = Workbook(write_only=True)
    sheet = book.create_sheet(clean_cell(_("Attribution"))[:28])
    sheet.oddFooter.center.text = clean_cell(mark).replace("&", "&&")
    sheet.append([_text(sheet, mark), _text(sheet, _question(asked))])
    for row in _rows(table):
        sheet.append([_text(sheet, cell) if isinstance(cell, str) else cell for cell in row])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _question(asked: Asked) -> str:
    return f"{asked.model_label} {asked.since:%Y-%m} – {asked.until:%Y-%m}"


def _plain(cell: Cell) -> str:
    if isinstance(cell, str):
        return safe_for_spreadsheet(clean_cell(cell))
    return "" if cell is None else str(cell)


def _text(sheet: Any, text: str) -> Any:
    """Return a cell that is text for every spreadsheet, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    clean = clean_cell(text)
    cell = WriteOnlyCell(sheet, value=clean)
    cell.data_type = "s"
    cell.number_format = "@"
    if safe_for_spreadsheet(clean) != clean:
        cell.quotePrefix = True
    return cell
