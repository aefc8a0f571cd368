"""From JSON to a frozen dataclass and back; every error names the field it is about.

A field may be ``int``, ``str``, ``bool``, ``Decimal``, ``datetime``, ``date``, an enum with text
values, another dataclass, ``tuple[X, ...]``, ``dict[str, X]`` or one of these ``| None``.
``cap: int = setting("Daily cap", default=20, low=1)`` gives a field its words and limits.
``RETIRED`` of a shape names settings of stored versions that no longer say anything.
Conditions across fields belong in the dataclass's ``__post_init__``, which raises ``FieldError``.
"""

import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import partial
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crm_site.policies.errors import FieldError, ShapeError
from crm_site.policies.frozen import FrozenDict

T = TypeVar("T")
Words = str | Promise
Errors = dict[str, list[Words]]


@dataclass(frozen=True, slots=True)
class Setting:
    """What people need to read and edit a field; ``low`` and ``high`` are inclusive.

    ``labels`` are the words of an enum's values or of a dict's keys.
    """

    label: Words = ""
    unit: Words = ""
    low: int | None = None
    high: int | None = None
    help: Words = ""
    labels: Mapping[str, Words] | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a shape: its name, its type, its setting, its default (or MISSING)."""

    name: str
    kind: Any
    setting: Setting
    default: Any


def setting(label: Words, *, default: Any = MISSING, **more: Any) -> Any:
    """Return a dataclass field that carries a ``Setting``; ``more`` are its other attributes."""
    known = {"setting": Setting(label, **more)}
    if isinstance(default, (dict, list)):
        return field(default_factory=_maker(default), metadata=known)
    return field(default=default, metadata=known)


def _maker(default: Any) -> Callable[[], Any]:
    """Return what makes the default anew: lists are copied, dicts refuse to be changed."""
    return partial(FrozenDict, default) if isinstance(default, dict) else default.copy  # type: ignore[no-any-return]


def slots_of(shape: type[Any]) -> list[Slot]:
    """Return the fields of ``shape`` in order."""
    hints = get_type_hints(shape)
    return [_slot(item, hints[item.name]) for item in fields(shape)]


def _slot(item: Field[Any], kind: Any) -> Slot:
    default = item.default if item.default_factory is MISSING else item.default_factory()
    return Slot(item.name, kind, item.metadata.get("setting", Setting()), default)


def to_json(value: Any) -> Any:
    """Return ``value`` as JSON: decimals and moments as text, tuples as lists."""
    if is_dataclass(value):
        return {item.name: to_json(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    return value


def from_json(shape: type[T], payload: Any) -> T:
    """Return the ``shape`` that ``payload`` describes; raise ShapeError naming wrong fields."""
    errors: Errors = {}
    value = _read_shape(shape, payload, "", errors)
    if errors:
        raise ShapeError(errors)
    return value  # type: ignore[no-any-return]


def _read_shape(shape: type[Any], payload: Any, path: str, errors: Errors) -> Any:
    if not isinstance(payload, dict):
        errors[path or "payload"] = [_("This has to be a list of named values.")]
        return None
    before = len(errors)
    known = slots_of(shape)
    retired: frozenset[str] = getattr(shape, "RETIRED", frozenset())
    for name in payload.keys() - {slot.name for slot in known} - retired:
        errors[path + str(name)] = [_("There is no setting of this name.")]
    values = {slot.name: _read_slot(slot, payload, path, errors) for slot in known}
    if len(errors) > before:
        return None
    try:
        return shape(**values)
    except FieldError as error:
        errors[path + error.field] = [error.message]
        return None


def _read_slot(slot: Slot, payload: Any, path: str, errors: Errors) -> Any:
    where = path + slot.name
    if slot.name not in payload:
        if slot.default is MISSING:
            errors[where] = [_("Give a value.")]
        return slot.default
    before = len(errors)
    value = _read(slot.kind, payload[slot.name], where, errors)
    if len(errors) == before:
        _check_limits(slot.setting, value, where, errors)
    return value


def _check_limits(setting: Setting, value: Any, where: str, errors: Errors) -> None:
    for part in _numbers(value):
        if setting.low is not None and part < setting.low:
            errors[where] = [_("Give at least %(low)s.") % {"low": setting.low}]
        elif setting.high is not None and part > setting.high:
            errors[where] = [_("Give at most %(high)s.") % {"high": setting.high}]


def _numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        value = tuple(value.values())
    parts = value if isinstance(value, tuple) else (value,)
    return [part for part in parts if isinstance(part, (int, Decimal)) and part is not True]


def _read(kind: Any, raw: Any, where: str, errors: Errors) -> Any:
    if is_dataclass(kind) and isinstance(kind, type):
        return _read_shape(kind, raw, f"{where}.", errors)
    origin, args = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = next(arg for arg in args if arg is not type(None))
        return None if raw is None else _read(inner, raw, where, errors)
    if origin is tuple:
        return _read_list(args[0], raw, where, errors)
    if origin is dict:
        return _read_map(args[1], raw, where, errors)
    return _read_scalar(kind, raw, where, errors)


def _read_list(kind: Any, raw: Any, where: str, errors: Errors) -> tuple[Any, ...]:
    if not isinstance(raw, (list, tuple)):
        errors[where] = [_("This has to be a list.")]
        return ()
    return tuple(_read(kind, item, f"{where}.{n}", errors) for n, item in enumerate(raw))


def _read_map(kind: Any, raw: Any, where: str, errors: Errors) -> dict[str, Any]:
    if not isinstance(raw, dict):
        errors[where] = [_("This has to be a list of named values.")]
        return {}
    return FrozenDict(
        (str(key), _read(kind, item, f"{where}.{key}", errors)) for key, item in raw.items()
    )


def _read_scalar(kind: Any, raw: Any, where: str, errors: Errors) -> Any:
    try:
        return _converter(kind)(raw)
    except (TypeError, ValueError, InvalidOperation):
        errors[where] = [_wanted(kind)]
        return None


def _converter(kind: Any) -> Callable[[Any], Any]:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return _CONVERTERS[kind]


def _whole(raw: Any) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise TypeError
    return raw


def _exact(raw: Any) -> Decimal:
    if isinstance(raw, (bool, float)):
        raise TypeError
    value = Decimal(raw)
    if not value.is_finite():
        raise ValueError
    return value


def _text(raw: Any) -> str:
    if not isinstance(raw, str) or "\x00" in raw:
        raise TypeError
    return raw


def _yes_no(raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise TypeError
    return raw


def _moment(raw: Any) -> datetime:
    value = raw if isinstance(raw, datetime) else parse_datetime(raw)
    if value is None or value.tzinfo is None:
        raise ValueError
    return value


def _day(raw: Any) -> date:
    value = raw if isinstance(raw, date) else parse_date(raw)
    if value is None:
        raise ValueError
    return value


_CONVERTERS: dict[Any, Callable[[Any], Any]] = {
    int: _whole,
    Decimal: _exact,
    str: _text,
    bool: _yes_no,
    datetime: _moment,
    date: _day,
}


def _wanted(kind: Any) -> Words:
    if isinstance(kind, type) and issubclass(kind, Enum):
        allowed = ", ".join(str(item.value) for item in kind)
        return _("Choose one of: %(allowed)s.") % {"allowed": allowed}
    return {
        int: _("Give a whole number."),
        Decimal: _("Give a number."),
        str: _("Give a text."),
        bool: _("Say yes or no."),
        datetime: _("Give a date and time with its time zone."),
        date: _("Give a date."),
    }[kind]
