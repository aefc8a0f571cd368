"""Text as it is stored: one spelling, nothing invisible, nothing turned around. Pure."""

import re
import unicodedata

COMBINING_LIMIT = 3  # marks upon one letter; more hide the lines above and below
_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_HAN = "[\u3400-\u9fff\uf900-\ufaff\U00020000-\U00033fff]"
_GAP = re.compile(f"(?<={_HAN}) (?={_HAN})")
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn"}
_KEPT_FORMATS = {"\u200d"}  # joins the parts of one emoji


def clean_text(text: str) -> str:
    """Return ``text`` on one line: NFC, no control, bidi or surrogate characters, single blanks."""
    return " ".join(_visible(unicodedata.normalize("NFC", _storable(text))).split())


def clean_lines(text: str) -> str:
    """Return ``text`` like ``clean_text`` does, but keep its line breaks."""
    lines = _storable(text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(clean_text(line) for line in lines).strip()


def clean_name(text: str) -> str:
    """Return ``text`` cleaned, full-width Latin made half-width, Han characters without gaps."""
    return _GAP.sub("", clean_text(text.translate(_HALF_WIDTH)))


def _storable(text: str) -> str:
    """Drop lone surrogates first: normalisation would carry them along."""
    if text.isascii():
        return text
    return text.encode("utf-8", "ignore").decode("utf-8")


def _visible(text: str) -> str:
    """Decide once per distinct character, so that a megabyte takes no longer than it must."""
    table: dict[int, str | None] = {}
    marks: list[str] = []
    for char in set(text):
        category = unicodedata.category(char)
        if char.isspace():
            table[ord(char)] = " "
        elif category in _DROPPED and char not in _KEPT_FORMATS:
            table[ord(char)] = None
        elif category in ("Mn", "Me"):
            marks.append(re.escape(char))
    visible = text.translate(table) if table else text
    if not marks:
        return visible
    some = f"[{''.join(marks)}]"
    return re.sub(f"({some}{{{COMBINING_LIMIT}}}){some}+", r"\1", visible)
