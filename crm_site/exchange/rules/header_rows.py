"""Which rows on top of a sheet name its columns: titles are skipped, group and column are joined.

Pure. Rows and columns of ``Span`` count from 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_site.exchange.rules.columns import kind_of

JOIN = " · "
FILLED, WORDS = 0.6, 0.7


@dataclass(frozen=True, slots=True)
class Span:
    """Cells of a workbook that were merged into one."""

    top: int
    left: int
    bottom: int
    right: int


def find_header(
    rows: Sequence[Sequence[str]], spans: Sequence[Span]
) -> tuple[int, list[str]] | None:
    """Return the index of the last row of the header, and the header; ``None`` without one.

    The header is the first row nearly as wide as the table that holds words. Where it is a row of
    groups (merged cells), the row below names the columns.
    """
    spread = _spread(rows, spans)
    place = _first_header(spread, spans)
    if place is None:
        return None
    while _has_groups(place, spread, spans) and _are_all_words(spread, place + 1):
        place += 1
    if place and _has_groups(place - 1, spread, spans):
        grouped = {c for s in spans if _is_group(s, place - 1) for c in range(s.left, s.right + 1)}
        return place, _joined(spread[place - 1], spread[place], grouped)
    return place, spread[place]


def column_name(header: str) -> str:
    """Return a header without the group it was joined with."""
    return header.rpartition(JOIN)[2]


def _spread(rows: Sequence[Sequence[str]], spans: Sequence[Span]) -> list[list[str]]:
    """Return the rows with the text of merged cells in each of them."""
    filled = [list(row) for row in rows]
    for span in spans:
        if span.top >= len(filled):
            continue
        text = filled[span.top][span.left] if span.left < len(filled[span.top]) else ""
        for row in filled[span.top : span.bottom + 1]:
            row += [""] * (span.right + 1 - len(row))
            row[span.left : span.right + 1] = [text] * (span.right + 1 - span.left)
    return filled


def _first_header(rows: Sequence[Sequence[str]], spans: Sequence[Span]) -> int | None:
    filled = [[cell for cell in row if cell] for row in rows]
    widths = [
        1 if _is_title(index, rows, spans) else len(cells) for index, cells in enumerate(filled)
    ]
    widest = max(widths, default=0)
    for index, cells in enumerate(filled):
        if cells and widths[index] >= FILLED * widest:
            words = sum(kind_of(cell) in ("text", "boolean") for cell in cells)
            return index if words >= WORDS * len(cells) else None
    return None


def _is_group(span: Span, row: int) -> bool:
    return span.top <= row <= span.bottom and span.right > span.left


def _has_groups(row: int, rows: Sequence[Sequence[str]], spans: Sequence[Span]) -> bool:
    return not _is_title(row, rows, spans) and any(_is_group(span, row) for span in spans)


def _is_title(row: int, rows: Sequence[Sequence[str]], spans: Sequence[Span]) -> bool:
    """Return whether the row is one text merged over several columns."""
    texts = {cell for cell in rows[row] if cell}
    return len(texts) == 1 and any(_is_group(span, row) for span in spans)


def _are_all_words(rows: Sequence[Sequence[str]], row: int) -> bool:
    cells = [cell for cell in rows[row] if cell] if row < len(rows) else []
    return bool(cells) and all(kind_of(cell) in ("text", "boolean") for cell in cells)


def _joined(upper: Sequence[str], lower: Sequence[str], grouped: set[int]) -> list[str]:
    names = []
    for column in range(max(len(upper), len(lower))):
        group = upper[column] if column < len(upper) else ""
        name = lower[column] if column < len(lower) else ""
        both = group and name and group != name and column in grouped
        names.append(f"{group}{JOIN}{name}" if both else name or group)
    return names
