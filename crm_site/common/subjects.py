"""What audit events and messages point at: lower floors name a thing, upper floors say what it is.

An upper app registers its subjects in ``AppConfig.ready()``; nobody below imports its models.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

MAX_ID = 2**63 - 1
ID_DIGITS = 19


class UnknownSubjectError(LookupError):
    """No app registered a subject of that kind."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A kind of thing that can be pointed at, and how it is found, named and linked."""

    kind: str
    model: str  # "app.Model"
    visible_to: Callable[[Any], QuerySet[Any]]
    title: Callable[[Any], str]
    url_name: str = ""  # takes the primary key as its only argument
    label: str | Promise = ""  # what such a thing is called where people choose a kind


@dataclass(frozen=True, slots=True)
class Reference:
    """A thing as one user may see it."""

    title: str
    url: str


_subjects: dict[str, Subject] = {}


def register_subject(subject: Subject) -> None:
    """Make ``subject.kind`` known; raise ImproperlyConfigured if another model has that name."""
    known = _subjects.get(subject.kind)
    if known is not None and known.model != subject.model:
        raise ImproperlyConfigured(f"subject {subject.kind} is already {known.model}")
    _subjects[subject.kind] = subject


def subject(kind: str) -> Subject:
    """Return the subject registered as ``kind``; raise UnknownSubjectError if there is none."""
    try:
        return _subjects[kind]
    except KeyError:
        raise UnknownSubjectError(kind) from None


def subject_kinds() -> list[str]:
    """Return the registered kinds in alphabetical order."""
    return sorted(_subjects)


def resolve(kind: str, id: int | str, user: Any) -> Model | None:
    """Return the object, or None where it does not exist or ``user`` may not see it."""
    key = _key(id)
    if key is None:
        return None
    found: Model | None = subject(kind).visible_to(user).filter(pk=key).first()
    return found


def references(
    pairs: Iterable[tuple[str, int | str]], user: Any
) -> dict[tuple[str, str], Reference]:
    """Return title and link of each (kind, id) that ``user`` may see; one query per kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, id_ in pairs:
        key = _key(id_)
        if kind in _subjects and key is not None:
            wanted[kind].add(key)
    found = {}
    for kind, keys in wanted.items():
        what = _subjects[kind]
        for row in what.visible_to(user).filter(pk__in=keys):
            found[kind, str(row.pk)] = Reference(what.title(row), url_of(kind, row.pk))
    return found


def url_of(kind: str, id: int | str) -> str:
    """Return the path of the thing's page, empty where it has none."""
    name = subject(kind).url_name
    try:
        return reverse(name, args=[id]) if name else ""
    except NoReverseMatch:
        return ""


def _key(value: int | str) -> int | None:
    """Return a primary key that the database can hold, None for anything else."""
    text = str(value)
    if not (text.isascii() and text.isdecimal() and len(text) <= ID_DIGITS):
        return None
    number = int(text)
    return number if number <= MAX_ID else None
