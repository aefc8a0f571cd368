"""Text as it is stored: one spelling, nothing invisible, nothing that turns writing around. Pure."""

import unicodedata

COMBINING_LIMIT = 3  # marks upon one letter; more hide the lines above and below
_HALF_WIDTH = {full: full - 0xFEE0 for full in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
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
    """Return ``text`` cleaned, with full-width Latin letters, digits and signs made half-width."""
    return clean_text(text.translate(_HALF_WIDTH))


def _storable(text: str) -> str:
    """Drop lone surrogates first: normalisation would carry them along."""
    return "".join(char for char in text if not "\ud800" <= char <= "\udfff")


def _visible(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks > COMBINING_LIMIT:
            continue
        if char.isspace():
            kept.append(" ")
        elif category not in _DROPPED or char in _KEPT_FORMATS:
            kept.append(char)
    return "".join(kept)
