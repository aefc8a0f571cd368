"""Builds the bytes of good and of hostile files."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

CELL = '<c r="{ref}" t="inlineStr"><is><t>{text}</t></is></c>'


def csv_bytes(rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> io.BytesIO:
    import csv

    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return io.BytesIO(text.getvalue().encode(encoding))


def xlsx_bytes(rows: Sequence[Sequence[Any]]) -> io.BytesIO:
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def merged_xlsx(rows: Sequence[Sequence[Any]], merged: Sequence[str]) -> io.BytesIO:
    """Return a workbook in which the ranges ``merged`` ("A1:E1") are one cell each."""
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    for cells in merged:
        book.active.merge_cells(cells)
    stream = io.BytesIO()
    book.save(stream)
    stream.seek(0)
    return stream


def leads_with_faults(rows: int, *, every: int) -> list[list[str]]:
    """Return a sheet of leads in which each ``every``-th row is broken, each in another way."""
    faults = [(1, "1540000"), (2, "昨天下午"), (3, "很多"), (1, "")]
    sheet = [["客户姓名", "联系电话", "登记时间", "预算"]]
    for n in range(rows):
        line = [f"王浩{chr(0x4E00 + n)}", f"154{n:08d}", "2026-05-19", "300-350万"]
        if n % every == every - 1:
            column, text = faults[n // every % len(faults)]
            line[column] = text
        sheet.append(line)
    return sheet


def with_sheet(sheet: str) -> io.BytesIO:
    """Return a small workbook whose first sheet is replaced by ``sheet`` (XML)."""
    source = zipfile.ZipFile(xlsx_bytes([["姓名", "电话"], ["王", "1"]]))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            body = source.read(entry)
            is_sheet = entry.filename == "xl/worksheets/sheet1.xml"
            target.writestr(entry.filename, sheet.encode() if is_sheet else body)
    stream.seek(0)
    return stream


def sheet_xml(cells: Sequence[tuple[str, str]], head: str = "") -> str:
    body = "".join(CELL.format(ref=ref, text=text) for ref, text in cells)
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?>{head}<worksheet xmlns="{space}"><sheetData><row r="1">{body}'
        "</row></sheetData></worksheet>"
    )
