"""Which field of the system each column of a file means. Pure.

A mapping is ``{header: target}``; a target is a field key, ``custom:<key>`` (a field the company
added), ``new:<kind>`` (make such a field) or ``""`` (leave the column out).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crm_site.exchange.rules.columns import Column
from crm_site.exchange.rules.header_rows import column_name
from crm_site.exchange.rules.text import fold

IGNORE = ""
NOTE = "#"  # headers that begin with it are remarks of ours in a handed-back file
NEW = "new:"
NEW_KINDS = ("text", "number", "date", "boolean")


@dataclass(frozen=True, slots=True)
class Target:
    """A field as the proposal sees it: its key, its usual headers, the look of its values."""

    key: str
    aliases: tuple[str, ...]
    looks_like: str = ""


def signature(headers: Iterable[str]) -> str:
    """Return the digest under which the mapping of files with these headers is remembered."""
    joined = "\x1f".join(sorted(fold(h) for h in headers if not h.startswith(NOTE)))
    return hashlib.sha256(joined.encode()).hexdigest()


def propose(
    columns: Sequence[Column], targets: Sequence[Target], *, allow_new: bool
) -> dict[str, str]:
    """Return a mapping: by header, then by what the values look like, the rest as new fields.

    Each target is used once. Without ``allow_new`` unknown columns are left out.
    """
    by_header = {fold(alias): t.key for t in targets for alias in (t.key, *t.aliases)}
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for spelling in (str, column_name):  # a name below a group means what it means alone
        for column in columns:
            key = by_header.get(fold(spelling(column.header)))
            if key and key not in taken and column.header not in mapping:
                mapping[column.header] = key
                taken.add(key)
    for column in columns:
        if column.header not in mapping:
            key = _by_values(column, targets, taken)
            if key:
                taken.add(key)
            mapping[column.header] = key or _unknown(column, allow_new=allow_new)
    return {column.header: mapping[column.header] for column in columns}


def _by_values(column: Column, targets: Sequence[Target], taken: set[str]) -> str:
    for target in targets:
        if target.looks_like and target.looks_like == column.kind and target.key not in taken:
            return target.key
    return ""


def _unknown(column: Column, *, allow_new: bool) -> str:
    is_note, is_personal = column.header.startswith(NOTE), column.kind in ("phone", "id_number")
    if not allow_new or is_note or is_personal or not column.filled:
        return IGNORE
    return NEW + (column.kind if column.kind in NEW_KINDS else "text")


def repeated(mapping: Mapping[str, str]) -> list[str]:
    """Return the field keys that more than one column claims."""
    used = [target for target in mapping.values() if target and not target.startswith(NEW)]
    return sorted({key for key in used if used.count(key) > 1})
