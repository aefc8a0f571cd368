"""A dashboard as a workbook: numbers, definitions and the mark of who took it (A-22)."""

import io
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from analytics.dashboards.exports.content import (
    Fact,
    Table,
    cards_table,
    head_of,
    mark_of,
    tables_of,
    title_of,
)
from analytics.dashboards.page import BoardPage
from crm_site.exchange.rules.text import clean_cell, safe_for_spreadsheet

WIDTHS = (24, 14)
TITLE_LENGTH = 28
FORBIDDEN = str.maketrans("[]:*?/\\", "       ")


def board_xlsx(page: BoardPage) -> bytes:
    """Return the workbook: the key figures first, then a sheet for each panel.

    The library is loaded here: it takes as long as a tenth of a start.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    mark = mark_of(page)
    book.properties.creator = clean_cell(mark)
    book.properties.title = clean_cell(str(title_of(page)))
    first = cards_table(page)
    for place, table in enumerate([first, *tables_of(page)]):
        sheet = book.create_sheet(_sheet_name(table, place))
        _fill(sheet, table, mark, head_of(page))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _fill(sheet: Any, table: Table, mark: str, lead: list[tuple[str, str]]) -> None:
    from openpyxl.utils import get_column_letter

    for place in range(len(table.headings) + 1):
        letter = get_column_letter(place + 1)
        sheet.column_dimensions[letter].width = WIDTHS[min(place, 1)]
    sheet.oddHeader.center.text = clean_cell(mark).replace("&", "&&")
    sheet.oddFooter.center.text = clean_cell(mark).replace("&", "&&")
    sheet.page_setup.orientation = "landscape"
    sheet.freeze_panes = f"B{len(lead) + 4}"
    sheet.append([_text(sheet, mark)])
    for label, value in lead:
        sheet.append([_text(sheet, label), _text(sheet, value)])
    sheet.append([_text(sheet, table.title)])
    sheet.append([_text(sheet, heading) for heading in (*table.headings, _("Mark"))])
    for row in table.rows:
        sheet.append([*(_cell(sheet, fact) for fact in row), _text(sheet, mark)])


def _cell(sheet: Any, fact: Fact) -> Any:
    if isinstance(fact.number, int):
        return fact.number
    if isinstance(fact.number, Decimal):
        return float(fact.number)
    return _text(sheet, fact.text)


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


def _sheet_name(table: Table, place: int) -> str:
    name = clean_cell(table.title).translate(FORBIDDEN).strip()[:TITLE_LENGTH]
    return f"{place + 1} {name}"
