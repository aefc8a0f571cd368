"""The program that parses a workbook, in a process of its own with bounded memory and time (A-61).

Reads the workbook from standard input; writes lines of JSON: first what the sheet is (its merged
cells near the top, or an error), then one line per row. It knows nothing of the rest of the system.
"""

import datetime as dt
import io
import json
import resource
import sys
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

MEMORY = 512 << 20
SECONDS = 60
MERGED_ROWS = 20  # merged cells further down are none of the header
HEAD_ROWS = 50


def main() -> None:
    """Parse the workbook on standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    content = sys.stdin.buffer.read()
    out = sys.stdout
    try:
        sheet = _first_with_rows(CalamineWorkbook.from_filelike(io.BytesIO(content)))
    except (CalamineError, OSError, ValueError):
        out.write('{"error": "damaged"}\n')
        return
    if sheet is None:
        out.write('{"error": "empty"}\n')
        return
    spans = sheet.merged_cell_ranges or []
    head = [[*start, *end] for start, end in spans if start[0] < MERGED_ROWS]
    out.write(json.dumps({"spans": head}) + "\n")
    left = [""] * sheet.start[1]
    for row in sheet.iter_rows():
        cells = [*left, *map(as_text, row)] if any(cell != "" for cell in row) else []
        out.write(json.dumps(cells, ensure_ascii=False) + "\n")


def as_text(cell: Any) -> str:
    """Return a cell as a person would type it: whole numbers without a fraction, ISO dates."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ", timespec="seconds")
    return "" if cell is None else str(cell)


def _first_with_rows(book: CalamineWorkbook) -> Any:
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        for place, row in enumerate(sheet.iter_rows()):
            if any(cell != "" for cell in row):
                return sheet
            if place >= HEAD_ROWS:
                break
    return None


if __name__ == "__main__":
    main()
