"""The global search: apps above register groups, a page and a panel show what they find (B3)."""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

LIMIT = 8
LONGEST = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its words, a note beside them, and where it is."""

    title: str | Promise
    url: str
    note: str | Promise = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What one group found."""

    key: str
    label: str | Promise
    hits: Sequence[Hit]


Search = Callable[[Any, str, int], Sequence[Hit]]
_groups: dict[str, tuple[str | Promise, Search]] = {}


def register_search_group(key: str, label: str | Promise, search: Search) -> None:
    """Let the global search ask ``search(user, text, limit)``; it returns what ``user`` may see."""
    _groups[key] = label, search


def is_long_enough(text: str) -> bool:
    """Return whether ``text`` asks for something: one Han character, or two of any other kind."""
    return len(text) > 1 or any("CJK" in unicodedata.name(one, "") for one in text)


def find_all(user: Any, text: str) -> list[Found]:
    """Return what every group finds for ``text``, groups without hits left out."""
    asked = text.strip()[:LONGEST]
    if not is_long_enough(asked):
        return []
    found = [
        Found(key, label, list(search(user, asked, LIMIT))[:LIMIT])
        for key, (label, search) in _groups.items()
    ]
    return [group for group in found if group.hits]
