"""A policy's value taken apart into single settings, for reading, comparing and editing.

A leaf is one scalar, or a list of scalars written with commas. Lists of dataclasses become one
group of leaves per line, with an empty line at the end when they are to be edited; of a dict of
dataclasses each key is a group.
"""

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crm_site.policies.shapes import Setting, Words, slots_of

Path = tuple[str, ...]
BLANK = object()
SEPARATOR = ", "


@dataclass(frozen=True, slots=True)
class Leaf:
    """One setting: where it is, what people call it, its type, its value (BLANK in a new line)."""

    path: Path
    label: Words
    group: Words
    kind: Any
    setting: Setting
    value: Any
    is_optional: bool = False

    @property
    def name(self) -> str:
        """The path with dots, as errors name it."""
        return ".".join(self.path)

    @property
    def text(self) -> str:
        """The value in words."""
        value = self.value
        if isinstance(value, (tuple, list)):
            return SEPARATOR.join(self._word(item) for item in value) or "--"
        return self._word(value)

    def _word(self, value: Any) -> str:
        if value is None or value == "":
            return "--"
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, datetime):
            return date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
        if isinstance(value, date):
            return date_format(value, "SHORT_DATE_FORMAT")
        raw = value.value if isinstance(value, Enum) else value
        word = (self.setting.labels or {}).get(raw, raw) if isinstance(raw, str) else raw
        unit = f" {self.setting.unit}" if self.setting.unit and not isinstance(raw, str) else ""
        return f"{word}{unit}"


def leaves_of(value: Any, *, editable: bool = False) -> list[Leaf]:
    """Return the leaves of a shape's ``value`` in order."""
    return list(_of_shape(type(value), value, (), "", editable=editable))


def assemble(value: Any, read: Callable[[Leaf], Any]) -> Any:
    """Return a payload shaped like ``value``, each leaf from ``read``; empty lines are left out."""
    return _build(type(value), value, (), read)


def bare(kind: Any) -> tuple[Any, bool]:
    """Return the type without ``| None``, and whether None was allowed."""
    if get_origin(kind) in (Union, types.UnionType):
        inner = next(arg for arg in get_args(kind) if arg is not type(None))
        return inner, True
    return kind, False


def _of_shape(
    shape: Any, value: Any, path: Path, group: Words, *, editable: bool, words: Any = None
) -> Iterator[Leaf]:
    for slot in slots_of(shape):
        inner = BLANK if value is BLANK else getattr(value, slot.name)
        label = slot.setting.label or (words or {}).get(slot.name) or _humanised(slot.name)
        kind, optional = bare(slot.kind)
        here = Leaf((*path, slot.name), label, group, kind, slot.setting, inner, optional)
        yield from _of_slot(here, editable=editable)


def _of_slot(here: Leaf, *, editable: bool) -> Iterator[Leaf]:
    kind, setting = here.kind, here.setting
    args = get_args(kind)
    if is_dataclass(kind):
        yield from _of_shape(
            kind, here.value, here.path, here.label, editable=editable, words=setting.labels
        )
    elif get_origin(kind) is dict:
        for key, item in here.value.items():
            label = (setting.labels or {}).get(key, key)
            path = (*here.path, key)
            if is_dataclass(args[1]):
                yield from _of_shape(args[1], item, path, label, editable=editable)
            else:
                yield Leaf(path, label, here.label, args[1], setting, item)
    elif get_origin(kind) is tuple and is_dataclass(args[0]):
        lines = [*here.value, *([BLANK] if editable else [])]
        for n, item in enumerate(lines):
            group = f"{here.label} {n + 1}"
            yield from _of_shape(
                args[0],
                item,
                (*here.path, str(n)),
                group,
                editable=editable,
                words=setting.labels,
            )
    else:
        yield here


def _build(shape: Any, value: Any, path: Path, read: Callable[[Leaf], Any]) -> dict[str, Any]:
    payload: dict[str, Any] = {}
    for slot in slots_of(shape):
        inner = BLANK if value is BLANK else getattr(value, slot.name)
        kind, optional = bare(slot.kind)
        here = Leaf((*path, slot.name), slot.name, "", kind, slot.setting, inner, optional)
        payload[slot.name] = _build_slot(here, read)
    return payload


def _build_slot(here: Leaf, read: Callable[[Leaf], Any]) -> Any:
    kind, args = here.kind, get_args(here.kind)
    if is_dataclass(kind):
        return _build(kind, here.value, here.path, read)
    if get_origin(kind) is dict:
        return {
            key: _build(args[1], item, (*here.path, key), read)
            if is_dataclass(args[1])
            else read(Leaf((*here.path, key), key, "", args[1], here.setting, item))
            for key, item in here.value.items()
        }
    if get_origin(kind) is tuple and is_dataclass(args[0]):
        lines = [
            _build(args[0], item, (*here.path, str(n)), read)
            for n, item in enumerate([*here.value, BLANK])
        ]
        return [line for line in lines if any(part not in (None, "", []) for part in line.values())]
    return read(here)


def _humanised(name: str) -> str:
    return name.replace("_", " ").capitalize()
