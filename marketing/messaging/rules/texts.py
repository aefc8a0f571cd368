"""Places in the texts of messages: which exist, which lack words (MKT-37). Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

PERSONAL: Final = ("name", "consultant", "project")
_PLACE = re.compile(r"\{([^{}\n]{0,40})\}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,29}")
_BRACE = re.compile(r"[{}]")


@dataclass(frozen=True, slots=True)
class Places:
    """The places of a text: own ones in the order they stand, and what is no place at all."""

    personal: tuple[str, ...]
    own: tuple[str, ...]
    broken: tuple[str, ...]


def places_of(*texts: str) -> Places:
    """Return the places of some texts; a lone brace or an odd name counts as broken."""
    found = list(dict.fromkeys(name for text in texts for name in _PLACE.findall(text)))
    good = [name for name in found if _NAME.fullmatch(name)]
    bad = [f"{{{name}}}" for name in found if not _NAME.fullmatch(name)]
    bad += [brace for text in texts for brace in _BRACE.findall(_PLACE.sub("", text))]
    return Places(
        tuple(name for name in good if name in PERSONAL),
        tuple(name for name in good if name not in PERSONAL),
        tuple(bad),
    )


def lacking(texts: Iterable[str], values: Mapping[str, str]) -> list[str]:
    """Return the own places for which nobody gave words."""
    return [name for name in places_of(*texts).own if not str(values.get(name, "")).strip()]


def unused(texts: Iterable[str], values: Mapping[str, str]) -> list[str]:
    """Return the names of values that no place asks for."""
    asked = places_of(*texts).own
    return [name for name in values if name not in asked]


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return the text with its places filled; raise LookupError naming one that lacks words."""

    def words(place: "re.Match[str]") -> str:
        found = str(values.get(place[1], "")).strip()
        if not found:
            raise LookupError(place[1])
        return found

    return _PLACE.sub(words, text)
