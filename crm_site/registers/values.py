"""The values of an entry, from what somebody typed to JSON and back into words."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from crm_site.common.display import EMPTY
from crm_site.registers.registry import RegisterDefinition, RegisterField

MAX_TEXT = 300
MAX_LONG = 4000


def clean_values(
    found: RegisterDefinition, given: Mapping[str, Any], errors: dict[str, Any]
) -> dict[str, Any]:
    """Return the values as they are kept; put what does not fit into ``errors``, by field."""
    known = {spec.key for spec in found.fields}
    for key in sorted(given.keys() - known):
        errors[key] = [_("There is no such field.")]
    clean = {}
    for spec in found.fields:
        value = given.get(spec.key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if spec.required:
                errors[spec.key] = [_("Fill this in.")]
            continue
        try:
            clean[spec.key] = _READERS[spec.type](spec, value)
        except ValueError as error:
            errors[spec.key] = [str(error)]
    return clean


def shown(spec: RegisterField, value: Any) -> str:
    """Return a kept value in words."""
    if value is None or value == "":
        return EMPTY
    if spec.type == "choice":
        return str(dict(spec.choices).get(value, value))
    if spec.type == "boolean":
        return _("Yes") if value else _("No")
    return str(value)


def plain(value: Any) -> Any:
    """Return ``value`` as JSON can hold it."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _text(spec: RegisterField, value: Any) -> str:
    limit = MAX_LONG if spec.type == "long" else MAX_TEXT
    text = str(value).replace("\0", " ").strip()
    if len(text) > limit:
        raise ValueError(_("Use at most %(limit)s characters.") % {"limit": limit})
    return text


def _number(_spec: RegisterField, value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError(_("Enter a number.")) from None
    if not number.is_finite():
        raise ValueError(_("Enter a number."))
    return f"{number.normalize():f}"


def _day(_spec: RegisterField, value: Any) -> str:
    day = value if isinstance(value, date) else None
    if day is None:
        try:
            day = parse_date(str(value))
        except ValueError:
            day = None
    if day is None:
        raise ValueError(_("Enter a day like 2026-05-20."))
    return day.isoformat()


def _choice(spec: RegisterField, value: Any) -> str:
    if value not in {key for key, _label in spec.choices}:
        raise ValueError(_("Choose one of the values."))
    return str(value)


def _boolean(_spec: RegisterField, value: Any) -> bool:
    return value in (True, "true", "on", "1", 1)


_READERS = {
    "text": _text,
    "long": _text,
    "number": _number,
    "date": _day,
    "choice": _choice,
    "boolean": _boolean,
}
