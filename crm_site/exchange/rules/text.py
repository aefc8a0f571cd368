"""Text from files made safe to keep, and text made safe to open in a spreadsheet. Pure."""

import re
import unicodedata

# Control characters, lone surrogates, and marks that turn the reading direction.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff]"
)
_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]+")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,10})?", re.ASCII)
MAX_MARKS = 4


def clean_cell(text: str) -> str:
    """Return ``text`` without control characters, direction marks and runs of combining marks.

    Line breaks become one space, ends are trimmed; ordinary text comes back unchanged and fast.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    if not text.isprintable():
        text = _UNSAFE.sub("", _BREAKS.sub(" ", text))
    return _thin_marks(text).strip()


def _thin_marks(text: str) -> str:
    """Return ``text`` with at most ``MAX_MARKS`` combining marks in a row."""
    if not any(map(unicodedata.combining, text)):
        return text
    kept, run = [], 0
    for char in text:
        run = run + 1 if unicodedata.combining(char) else 0
        if run <= MAX_MARKS:
            kept.append(char)
    return "".join(kept)


def fold(text: str) -> str:
    """Return ``text`` as headers and codes are compared: lower case, letters and digits only."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def safe_for_spreadsheet(text: str) -> str:
    """Return ``text`` so that no spreadsheet reads it as a formula (A-22).

    Judged after NFKC, so that full-width signs count too; a leading apostrophe marks it as text.
    Plain numbers such as ``-3`` stay as they are.
    """
    plain = unicodedata.normalize("NFKC", text).lstrip(" \u3000")
    if plain.startswith(_FORMULA_STARTS) or text.startswith(_FORMULA_STARTS):
        return text if _PLAIN_NUMBER.fullmatch(text) and not text.startswith("+") else f"'{text}"
    return text
