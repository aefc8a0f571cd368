import io
import os
import zipfile
from datetime import date, datetime

import pytest

from crm_site.exchange.errors import UnreadableFileError
from crm_site.exchange.reading.csv_file import sniff_delimiter
from crm_site.exchange.reading.table import open_table
from tests.exchange.files import csv_bytes, sheet_xml, with_sheet, xlsx_bytes

ROWS = [
    ["姓名", "电话", "备注"],
    ["王浩然", "15400000001", "周末\n方便"],
    ["李“宁”", "15400000002", ""],
]
READ = [(2, ["王浩然", "15400000001", "周末 方便"]), (3, ["李“宁”", "15400000002", ""])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_in_each_encoding(encoding: str) -> None:
    table = open_table(csv_bytes(ROWS, encoding))
    assert (table.encoding, table.headers, list(table.rows)) == (encoding, ROWS[0], READ)


def test_xlsx_keeps_numbers_dates_and_signs_as_a_person_would_type_them() -> None:
    rows = [
        ["姓名", "电话", "时间", "生日", "面积", "公式"],
        ["王浩然", 15400000001, datetime(2026, 5, 20, 9, 5), date(1990, 5, 1), 88.5, "=1+1"],
    ]
    table = open_table(xlsx_bytes(rows))
    assert table.headers == rows[0]
    number, cells = next(table.rows)
    assert number == 2
    assert cells[:2] == ["王浩然", "15400000001"]
    assert cells[2].startswith("2026-05-20 09:05")
    assert cells[3].startswith("1990-05-01")
    assert cells[4] == "88.5"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in [["a", "b"], ["1,5", "2"], ["x", "y"]])
    if delimiter == ",":
        text = text.replace("1,5", '"1,5"')
    assert sniff_delimiter(text) == delimiter
    table = open_table(io.BytesIO(text.encode()))
    assert next(iter(table.rows)) == (2, ["1,5", "2"])


def test_a_title_above_the_header_is_skipped_and_empty_rows_too() -> None:
    rows = [["华东 5 月来访登记", "", ""], ["", "", ""], *ROWS, ["", "", ""]]
    table = open_table(csv_bytes(rows))
    assert table.header_row == 3
    assert [number for number, _cells in table.rows] == [4, 5]


def test_headers_are_named_and_unique() -> None:
    table = open_table(csv_bytes([["姓名", "姓名", ""], ["王", "李", "x"]]))
    assert table.headers == ["姓名", "姓名 (2)", "[3]"]


def test_short_and_long_rows_are_brought_to_the_width_of_the_header() -> None:
    table = open_table(csv_bytes([["姓名", "电话"], ["王"], ["李", "1", "多"]]))
    assert table.headers == ["姓名", "电话", "[3]"]
    assert list(table.rows) == [(2, ["王", "", ""]), (3, ["李", "1", "多"])]


def refusal(stream: io.BytesIO) -> str:
    with pytest.raises(UnreadableFileError) as caught:
        list(open_table(stream).rows)
    assert str(caught.value)
    return caught.value.code


def zipped(entries: dict[str, bytes]) -> io.BytesIO:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name, body)
    stream.seek(0)
    return stream


@pytest.mark.parametrize(
    ("stream", "code"),
    [
        (lambda: io.BytesIO(b""), "empty"),
        (lambda: io.BytesIO(os.urandom(4096)), "unreadable"),
        (lambda: io.BytesIO(b"\x89PNG\r\n\x1a\n" + bytes(3000)), "unreadable"),
        (lambda: io.BytesIO(b"%PDF-1.7\n" + bytes(range(256)) * 9), "unreadable"),
        (lambda: io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)), "encrypted"),
        (lambda: io.BytesIO(xlsx_bytes(ROWS).getvalue()[:-400]), "damaged"),
        (lambda: zipped({"word/document.xml": b"<x/>"}), "damaged"),
        (lambda: zipped({"xl/worksheets/sheet1.xml": bytes(60 << 20)}), "too_big"),
        (lambda: zipped({"a.xml": bytes(20 << 20)}), "too_big"),
        (lambda: with_sheet(sheet_xml([("A1", "姓名"), ("XFD1048576", "x")])), "too_big"),
        (
            lambda: with_sheet(sheet_xml([("A1", "&b;")], '<!DOCTYPE x [<!ENTITY b "x">]>')),
            "damaged",
        ),
        (lambda: csv_bytes([["15400000001", "15400000002"], ["1", "2"]]), "no_header"),
        (lambda: csv_bytes([[f"c{n}" for n in range(201)], ["x"] * 201]), "too_many_columns"),
        (lambda: io.BytesIO('姓名,备注\n王,"'.encode() + b"x" * (5 << 20)), "broken_csv"),
    ],
    ids=[
        "empty",
        "noise",
        "png",
        "pdf",
        "ole",
        "cut",
        "docx",
        "bomb",
        "ratio",
        "corner",
        "entity",
        "no-header",
        "wide",
        "open-quote",
    ],
)
@pytest.mark.check("A-61")
def test_unreadable_files_are_refused_with_what_to_do(stream, code: str) -> None:
    assert refusal(stream()) == code


@pytest.mark.check("A-26")
def test_hostile_text_comes_out_harmless() -> None:
    name = "赵\u202e国\x00栋" + "\u0301" * 100_000
    [(_row, cells)] = list(open_table(csv_bytes([["姓名", "电话"], [name, "x" * 1_000_000]])).rows)
    assert cells[0] == "赵国栋" + "\u0301" * 4
    assert len(cells[1]) == 8_000
