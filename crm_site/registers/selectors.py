"""Entries in words, for lists and pages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from crm_site.common.display import local_dt
from crm_site.common.subjects import Reference, references
from crm_site.registers.models import RegisterEntry, RegisterEvent
from crm_site.registers.registry import RegisterDefinition, definition, definitions_for
from crm_site.registers.values import shown
from crm_site.staff.models import User


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as a table prints it; ``subject`` None where it is not for this reader's eyes."""

    entry: RegisterEntry
    subject: Reference | None
    values: list[tuple[Any, str]]
    is_overdue: bool
    flag: Any = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """One register with how much is open and how much is late."""

    definition: RegisterDefinition
    open: int
    overdue: int


@dataclass(frozen=True, slots=True)
class EventLine:
    """One step of an entry's history in words."""

    event: RegisterEvent
    changes: list[tuple[str, str, str]]


def lines(entries: Iterable[RegisterEntry], *, user: User, now: datetime) -> list[Line]:
    """Return the entries in words; one query per kind of subject."""
    found = list(entries)
    pairs = [(entry.subject_kind, str(entry.subject_id)) for entry in found]
    known = references([pair for pair in pairs if pair[0]], user)
    flags = flags_of(found, now=now)
    return [
        Line(entry, known.get(pair), values_of(entry), entry.is_overdue(now), flags[entry.pk])
        for entry, pair in zip(found, pairs, strict=True)
    ]


def flags_of(entries: Iterable[RegisterEntry], *, now: datetime) -> dict[int, Any]:
    """Return by entry what it wants attention for, empty words where nothing."""
    found = list(entries)
    judges = {}
    for key in {entry.register for entry in found}:
        kind = definition(key)
        judges[key] = kind.flags(now) if kind is not None and kind.flags else None
    words = {}
    for entry in found:
        judge = judges[entry.register]
        words[entry.pk] = judge(entry) if judge and entry.is_open else ""
    return words


def values_of(entry: RegisterEntry) -> list[tuple[Any, str]]:
    """Return label and words of each field of the entry's register."""
    found = definition(entry.register)
    fields = found.fields if found else ()
    return [(spec.label, shown(spec, entry.values.get(spec.key))) for spec in fields]


def summaries(user: User, *, now: datetime) -> list[Summary]:
    """Return the registers ``user`` may look at, with counts of what they see; one query."""
    late = Q(state="open", is_binding=True, due_at__lt=now)
    counted = (
        RegisterEntry.objects.visible_to(user)
        .open()
        .values("register")
        .annotate(n=Count("pk"), late=Count("pk", filter=late))
        .order_by()
    )
    counts = {row["register"]: row for row in counted}
    none = {"n": 0, "late": 0}
    return [
        Summary(found, counts.get(found.key, none)["n"], counts.get(found.key, none)["late"])
        for found in definitions_for(user)
    ]


def history(entry: RegisterEntry) -> list[EventLine]:
    """Return what happened to the entry, latest first; two queries."""
    events = list(entry.events.select_related("actor").order_by("-at", "-pk"))
    moved = [pk for event in events for pk in event.changes.get("owner", ())]
    people = {str(key): str(user) for key, user in User.objects.in_bulk(moved).items()}
    return [EventLine(event, _changes(entry, event, people)) for event in events]


def _changes(
    entry: RegisterEntry, event: RegisterEvent, people: dict[str, str]
) -> list[tuple[str, str, str]]:
    found = definition(entry.register)
    if found is None or event.kind == RegisterEvent.Kind.CLOSED:
        return []
    labels = {"title": found.title_label, "due_at": found.due_label, "owner": _("Responsible")}
    labels["review_on"] = _("Next review")
    specs = {spec.key: spec for spec in found.fields}
    lines_ = []
    for key, (before, after) in event.changes.items():
        if key in specs:
            pair = (shown(specs[key], before), shown(specs[key], after))
            lines_.append((str(specs[key].label), *pair))
        else:
            lines_.append((str(labels.get(key, key)), _word(before, people), _word(after, people)))
    return lines_


def _word(value: Any, people: dict[str, str]) -> str:
    if value is None or value == "":
        return "--"
    text = people.get(str(value), str(value)) if isinstance(value, int) else str(value)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    return local_dt(moment) if moment.tzinfo else text
