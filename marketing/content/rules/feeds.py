"""What changed between two states of a public feed. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each change as kind, what it is about, field, old and new value.

    Units are told apart by their name, offers by their code; steps are compared as a whole.
    """
    found = [
        *_rows("unit", "unit", before.get("units", []), after.get("units", [])),
        *_rows("offer", "code", before.get("offers", []), after.get("offers", [])),
    ]
    if before.get("steps", []) != after.get("steps", []):
        found.append(_change("steps", "", "", before.get("steps", []), after.get("steps", [])))
    return found


def _rows(kind: str, key: str, before: Sequence[Row], after: Sequence[Row]) -> list[dict[str, Any]]:
    old, new = {row[key]: row for row in before}, {row[key]: row for row in after}
    gone = [_change(kind, name, "", "shown", "gone") for name in old if name not in new]
    found = []
    for name, row in new.items():
        if name not in old:
            found.append(_change(kind, name, "", "", "shown"))
            continue
        found += [
            _change(kind, name, field, old[name].get(field), value)
            for field, value in row.items()
            if old[name].get(field) != value
        ]
    return gone + found


def _change(kind: str, name: str, field: str, before: Any, after: Any) -> dict[str, Any]:
    return {"kind": kind, "name": name, "field": field, "before": before, "after": after}
