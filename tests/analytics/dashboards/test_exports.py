"""PDF and workbook hold the figures of the screen, and say who took them."""

import io
import re
import zlib

import pytest
from openpyxl import load_workbook

from analytics.dashboards.exports.content import tables_of
from analytics.dashboards.exports.paper import board_pdf
from analytics.dashboards.exports.workbook import board_xlsx
from analytics.dashboards.page import read_board
from crm_site.audit.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(cast, sell, ask):
    for upto in ("signed", "signed", "subscribed", "visited", "asked"):
        sell(cast["consultant"], upto)
    sell(cast["consultant_c"], "visited")
    return read_board(ask(cast["executive"], "executive"))


def words_in(pdf: bytes) -> str:
    """Return the text of a PDF: glyphs back to letters by the maps of its own fonts."""
    streams = [
        _opened(found) for found in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    ]
    letters: dict[int, str] = {}
    for stream in streams:
        if b"beginbfchar" in stream or b"beginbfrange" in stream:
            for code, text in re.findall(rb"<([0-9A-F]+)> <([0-9A-F]+)>\n", stream):
                letters[int(code, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be")
    said = []
    for stream in streams:
        for text in re.findall(rb"\((.*?)(?<!\\)\) Tj", stream, re.DOTALL):
            said.append(_letters(text, letters))
    return "\n".join(said)


def _opened(stream: bytes) -> bytes:
    """Return a stream unpacked; the line end before its last word may be its own last byte."""
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return stream


def _letters(text: bytes, letters: dict[int, str]) -> str:
    plain = re.sub(
        rb"\\([nrtbf()\\])",
        lambda found: {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}.get(
            found[1], found[1]
        ),
        text,
    )
    codes = (int.from_bytes(plain[at : at + 2], "big") for at in range(0, len(plain), 2))
    return "".join(letters.get(code, "") for code in codes)


def test_the_paper_has_the_figures_of_the_screen(page) -> None:
    said = words_in(board_pdf(page))
    for card in page.cards:
        shown, unit = card.shown
        assert str(card.kpi.label)[:6] in said
        assert f"{shown} {unit}".strip() in said
    for table in tables_of(page):
        assert table.title in said
        for row in table.rows:
            for fact in row:
                assert fact.text[:5] in said, (table.title, fact.text)
    for _label, value in page.filters:
        assert value in said
    assert "executive" in said
    assert "2026-05-20 10:32" in said


def test_the_paper_is_a4_lying_with_its_font_inside(page) -> None:
    pdf = board_pdf(page)
    assert pdf.startswith(b"%PDF")
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert box
    assert (round(float(box[1])), round(float(box[2]))) == (842, 595)
    assert re.search(rb"/FontFile[23]", pdf)
    assert board_pdf(page) == pdf


def test_the_workbook_has_the_figures_as_numbers_and_their_definitions(page) -> None:
    book = load_workbook(io.BytesIO(board_xlsx(page)))
    assert len(book.sheetnames) == 1 + len(tables_of(page))
    first = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in first.iter_rows()]
    head = next(at for at, row in enumerate(rows) if row[0] == "Figure" or row[0] == "指标")
    lines = rows[head + 1 :]
    assert len(lines) == len(page.cards)
    for line, card in zip(lines, page.cards, strict=True):
        assert line[0] == str(card.kpi.label)
        value = card.reading.value
        assert line[1] == ("--" if value is None else pytest.approx(float(value)))
        assert line[7] == card.reading.n
        assert line[8] == str(card.kpi.formula)
        assert "executive" in line[10]
    for sheet, table in zip(book.worksheets[1:], tables_of(page), strict=True):
        found = [[cell.value for cell in row] for row in sheet.iter_rows()]
        found = found[len(found) - len(table.rows) :]
        for line, row in zip(found, table.rows, strict=True):
            for value, fact in zip(line, row, strict=False):
                if fact.number is None:
                    assert (value or "") == fact.text
                else:
                    assert value == pytest.approx(float(fact.number))
    assert "executive" in first["A1"].value
    assert "executive" in first.oddFooter.center.text


def test_a_name_is_never_a_formula(cast, sell, ask) -> None:
    cast["consultant"].name = "=1+1"
    cast["consultant"].save()
    sell(cast["consultant"], "signed")
    page = read_board(ask(cast["supervisor"], "team"))
    book = load_workbook(io.BytesIO(board_xlsx(page)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    bad = [cell for cell in cells if cell.value == "=1+1"]
    assert bad
    assert {cell.data_type for cell in bad} == {"s"}


def test_files_are_handed_out_with_their_name_and_recorded(cast, page, client_for) -> None:
    client = client_for(cast["executive"])
    for ending, start in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        answer = client.get(f"/analytics/boards/executive/{ending}/")
        assert answer.content.startswith(start)
        assert answer["Content-Disposition"].startswith("attachment")
        assert ending in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "private, no-store"
    found = AuditEvent.objects.filter(kind="dashboard.exported")
    assert sorted(event.facts["format"] for event in found) == ["pdf", "xlsx"]
