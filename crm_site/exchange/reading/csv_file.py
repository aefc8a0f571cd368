"""Rows of a CSV file: its encoding, its delimiter, quoted line breaks."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from crm_site.exchange.errors import UnreadableFileError

BLOCK = 1 << 20
MAX_FIELD = 4 << 20
DELIMITERS = ",;\t|，"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MAX_CONTROL_SHARE = 0.01
MAX_BROKEN_SHARE = 0.1


def detect_encoding(stream: BinaryIO) -> str:
    """Return utf-8, utf-8-sig, utf-16 or gb18030; raise UnreadableFileError for anything else.

    The whole file is decoded, block by block, so that a wrong byte in its last line is found here.
    """
    start = stream.read(4)
    stream.seek(0)
    marked = next((name for bom, name in _BOMS if start.startswith(bom)), None)
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        if _decodes(stream, encoding):
            return encoding
        if encoding.startswith("utf-8") and _is_damaged_utf8(stream):
            raise UnreadableFileError(
                _("Some characters of the file are broken. Save it again as CSV in UTF-8."),
                code="broken_utf8",
            )
    raise UnreadableFileError(
        _("The file is neither a table in CSV nor a workbook (.xlsx). Save it as one of the two."),
        code="unreadable",
    )


def _decodes(stream: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    controls = length = 0
    stream.seek(0)
    try:
        while block := stream.read(BLOCK):
            text = decoder.decode(block)
            length += len(text)
            controls += sum(text.count(char) for char in "\x00\x01\x02\x03\x04\x05\x06\x07\x08")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        stream.seek(0)
    return controls <= MAX_CONTROL_SHARE * length


def _is_damaged_utf8(stream: BinaryIO) -> bool:
    """Return whether nearly all that is no ASCII reads as UTF-8: no other encoding looks so."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    foreign = broken = 0
    stream.seek(0)
    while block := stream.read(BLOCK):
        text = decoder.decode(block)
        foreign += len(text) - len(text.encode("ascii", "ignore"))
        broken += text.count("\ufffd")
    stream.seek(0)
    return 0 < broken <= MAX_BROKEN_SHARE * foreign


def read_rows(stream: BinaryIO, encoding: str) -> Iterator[list[str]]:
    """Yield the rows of the file as lists of cells."""
    text = io.TextIOWrapper(stream, encoding=encoding, errors="replace", newline="")
    try:
        head = text.read(64 << 10)
        text.seek(0)
        if head.startswith("sep=") and len(head) > 4:
            delimiter = head[4]
            text.readline()
        else:
            delimiter = sniff_delimiter(head)
        csv.field_size_limit(MAX_FIELD)
        yield from csv.reader(text, delimiter=delimiter)
    except csv.Error as error:
        raise UnreadableFileError(
            _("The file breaks off inside a quoted cell or has a cell of more than 4 MB."),
            code="broken_csv",
        ) from error
    finally:
        text.detach()


def sniff_delimiter(head: str) -> str:
    """Return the delimiter that splits the first lines most evenly; a comma when none does."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _first_rows(head, delimiter) if row]
        if not widths or max(widths) < 2:
            continue
        common = max(set(widths), key=widths.count)
        score = widths.count(common) / len(widths) * min(common, 50)
        if common > 1 and score > best_score:
            best, best_score = delimiter, score
    return best


def _first_rows(head: str, delimiter: str) -> list[list[str]]:
    try:
        rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))[:20]
    except csv.Error:
        return []
    return rows[:-1] if len(rows) > 2 else rows
