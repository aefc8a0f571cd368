"""The publicity matrix as a workbook in which no text is a formula."""

import io
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm_site.exchange.rules.text import clean_cell, safe_for_spreadsheet
from marketing.campaigns.publicity import Cell, Grid

WIDTHS = (16, 18, 48, 48, 48)


def grid_xlsx(grid: Grid, *, mark: str, with_money: bool) -> bytes:
    """Return the matrix: a row for each medium, a column for each phase.

    The library is loaded here: it takes as long as a tenth of a start.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(clean_cell(_("Publicity matrix"))[:28])
    for letter, width in zip("ABCDE", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.oddFooter.center.text = clean_cell(mark).replace("&", "&&")
    sheet.page_setup.orientation = "landscape"
    head = [
        _("Kind of media"),
        pgettext("publicity", "Medium"),
        *(str(label) for _key, label in grid.phases),
    ]
    sheet.append([_text(sheet, mark)])
    sheet.append([_text(sheet, word) for word in head])
    for group, rows in grid.groups:
        for row in rows:
            words = [str(group), str(row.label)]
            words += [cell_words(cell, with_money=with_money) for cell in row.cells]
            sheet.append([_text(sheet, word) for word in words])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def cell_words(cell: Cell, *, with_money: bool) -> str:
    """Return what a cell of the matrix says, a line for each piece of publicity."""
    lines = [
        f"{one.placement.title} ({one.placement.starts_on:%Y-%m-%d} – "
        f"{one.placement.ends_on:%Y-%m-%d})"
        for one in cell.entries
    ]
    if with_money and cell.entries:
        words = _("Planned %(planned)s yuan, spent %(cost)s yuan")
        lines.append(words % {"planned": cell.planned, "cost": cell.cost})
    return "\n".join(lines)


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
