"""The trees of classes: the usual ones of real estate, and changing them (SVC-07, SVC-28)."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction

from service.tickets.models import TicketCategory
from service.tickets.rules import Axis, TicketKind

FILE = Path(__file__).resolve().parent.parent / "data" / "classes.json"


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class of the usual tree; ``parent`` is the code of the one above, or empty."""

    kind: str
    axis: str
    code: str
    parent: str
    position: int
    values: dict[str, str]


@lru_cache(maxsize=1)
def usual_lines() -> tuple[ClassLine, ...]:
    """Return the usual classes, parents before their children."""
    found = json.loads(FILE.read_text("utf-8"))
    return tuple(
        line
        for kind, axes in found.items()
        for axis, rows in axes.items()
        for line in _lines(TicketKind(kind).value, Axis(axis).value, rows, "")
    )


def _lines(kind: str, axis: str, rows: Sequence[Any], parent: str) -> Iterator[ClassLine]:
    for position, (code, name, queue, urgency, process, answer, *below) in enumerate(rows):
        own = f"{parent}-{code}" if parent else code
        values = {
            "name": name,
            "queue": queue,
            "urgency": urgency,
            "process": process,
            "answer": answer,
        }
        yield ClassLine(kind, axis, own, parent, position, values)
        if below:
            yield from _lines(kind, axis, below[0], own)


@transaction.atomic
def install_usual_tree() -> int:
    """Add the usual classes that are missing and return how many; own changes are kept."""
    known = {(row.kind, row.axis, row.code): row for row in TicketCategory.objects.all()}
    added = 0
    for line in usual_lines():
        key = (line.kind, line.axis, line.code)
        if key in known:
            continue
        row, is_new = TicketCategory.objects.get_or_create(
            kind=line.kind,
            axis=line.axis,
            code=line.code,
            defaults={
                **line.values,
                "position": line.position,
                "parent": known.get((line.kind, line.axis, line.parent)),
            },
        )
        known[key] = row
        added += is_new
    return added
