"""Rows of an xlsx workbook, refused before parsing when it would fill the memory (A-61)."""

import contextlib
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO, BinaryIO, cast

from django.utils.translation import gettext_lazy as _

from crm_site.exchange.errors import UnreadableFileError
from crm_site.exchange.rules.header_rows import Span

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"
MAX_ENTRIES = 2_000
MAX_UNPACKED = 50 << 20
MAX_RATIO = 100
RATIO_FROM = 1 << 20  # small parts may compress better without harm
MAX_SHEET_ROWS = 200_000
MAX_SHEET_COLUMNS = 500
MERGED_ROWS = 20  # merged cells further down are none of the header
MAX_CELLS = 4_000_000
BLOCK = 1 << 20
PARSER = (
    sys.executable, "-I", "-X", "utf8", str(Path(__file__).with_name("workbook_rows.py")),
)  # fmt: skip
UTF16 = (b"\xff\xfe", b"\xfe\xff")
MACROS = "vbaProject.bin"
_REFERENCE = re.compile(rb'<c\b[^>]*?\sr="([A-Z]{1,4})(\d{1,9})"')
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def is_workbook(start: bytes) -> bool:
    """Return whether a file starting with these bytes is meant to be a workbook."""
    return start.startswith((ZIP, OLE))


def read_rows(stream: BinaryIO) -> tuple[Iterator[list[str]], list[Span]]:
    """Return the rows of the first sheet that holds any, and its merged cells.

    Raise UnreadableFileError before parsing a workbook that is encrypted, damaged, or would unpack
    to more than the limits.
    """
    if stream.read(4).startswith(OLE):
        raise UnreadableFileError(
            _("The workbook has a password or is an old .xls. Save it as .xlsx without one."),
            code="encrypted",
        )
    stream.seek(0)
    _refuse_bombs(stream)
    stream.seek(0)
    lines = _parsed(stream)
    head = json.loads(next(lines, '{"error": "too_big"}'))
    if "error" in head:
        lines.close()
        raise {"damaged": _damaged, "empty": _empty}.get(head["error"], _too_big)()
    return map(json.loads, lines), _spans(head["spans"])


def _parsed(stream: BinaryIO) -> Generator[str]:
    """Yield what the parser's process says; a process that died used too much memory or time."""
    with subprocess.Popen(  # noqa: S603 -- a program of our own, by its full path
        PARSER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as process:
        with contextlib.suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as pipe:
            shutil.copyfileobj(stream, pipe, BLOCK)
        try:
            for line in cast(IO[bytes], process.stdout):
                yield line.decode()
            if process.wait():
                raise _too_big()
        finally:
            process.kill()


def _spans(ranges: list[list[int]]) -> list[Span]:
    """Return the merged cells near the top, none of them wider than a sheet may be."""
    return [
        Span(top, left, min(bottom, MERGED_ROWS), min(right, MAX_SHEET_COLUMNS))
        for top, left, bottom, right in ranges
        if left < MAX_SHEET_COLUMNS
    ]


def _refuse_bombs(stream: BinaryIO) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _check_declared(entries)
            for entry in entries:
                _check_entry(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError, OSError) as error:
        raise _damaged() from error
    except ValueError as error:
        raise _damaged() from error


def _check_declared(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise _too_big()
    for entry in entries:
        if entry.filename.endswith(MACROS):
            raise UnreadableFileError(
                _("The workbook holds macros. Save it as .xlsx without them."), code="macros"
            )
        if entry.flag_bits & 0x1:
            raise UnreadableFileError(
                _("The workbook has a password. Save it without one."), code="encrypted"
            )
        if entry.file_size > max(RATIO_FROM, MAX_RATIO * max(entry.compress_size, 1)):
            raise _too_big()


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
    """Unpack ``entry`` block by block: sizes must not lie, and two cells at the far corners of a
    sheet would make the parser lay out everything between them."""
    is_sheet = entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
    is_xml = entry.filename.endswith((".xml", ".rels"))
    size, rows, columns, tail = 0, 0, 0, b""
    with archive.open(entry) as part:
        while block := part.read(BLOCK):
            size += len(block)
            if size > MAX_UNPACKED:
                raise _too_big()
            if is_xml and (_ENTITY.search(tail + block) or block.startswith(UTF16)):
                raise _damaged()
            if is_sheet:
                for letters, digits in _REFERENCE.findall(tail + block):
                    rows, columns = max(rows, int(digits)), max(columns, _column(letters))
            tail = block[-64:]
    if rows > MAX_SHEET_ROWS or columns > MAX_SHEET_COLUMNS or rows * columns > MAX_CELLS:
        raise _too_big()


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _empty() -> UnreadableFileError:
    return UnreadableFileError(_("The workbook holds no rows."), code="empty")


def _too_big() -> UnreadableFileError:
    return UnreadableFileError(
        _("The workbook is too large once unpacked. Split it, or save it as CSV."), code="too_big"
    )


def _damaged() -> UnreadableFileError:
    return UnreadableFileError(
        _("The workbook is damaged. Open it in a spreadsheet program and save it again."),
        code="damaged",
    )
