"""Texts for customers: their merge fields and their tone (CUS-46). Pure."""

import re
from collections.abc import Iterable, Mapping

FIELDS = ("name", "consultant", "project")
_FIELD = re.compile(r"\{([^{}\n]{0,40})\}")
_BRACE = re.compile(r"[{}]")


def unknown_fields(text: str) -> list[str]:
    """Return what stands in braces but is no merge field, in order; a lone brace counts."""
    named = [name for name in _FIELD.findall(text) if name not in FIELDS]
    return [*named, *_BRACE.findall(_FIELD.sub("", text))]


def forbidden_words(text: str, words: Iterable[str]) -> list[str]:
    """Return the words of the list that stand in ``text``, whatever their case."""
    small = text.casefold()
    return [word for word in words if word.strip() and word.strip().casefold() in small]


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with its merge fields replaced; what has no value becomes nothing."""
    return _FIELD.sub(lambda field: values.get(field[1], ""), text)
