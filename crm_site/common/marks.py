"""The marks of a status: shape, word and colour, one table for every page."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class Mark:
    """A status as it is drawn: tone (red, amber, green, blue or ""), shape, word."""

    tone: str
    shape: str
    word: str | Promise


LIGHTS = {
    "red": Mark("red", "tri", _("Red · high risk")),
    "amber": Mark("amber", "dia", _("Amber · watch")),
    "green": Mark("green", "dot", _("Green · fine")),
    "none": Mark("none", "ring", _("Not assessed")),
}
NOT_ASSESSED = LIGHTS["none"].word
LIGHT_ALIASES = {"yellow": "amber", "high": "red", "medium": "amber", "low": "green", "": "none"}

GRADES = {
    "A": _("grade A"),
    "B": _("grade B"),
    "C": _("grade C"),
    "D": _("grade D"),
    "E": _("grade E"),
}

TIERS = {
    "silver": pgettext_lazy("member level", "Silver"),
    "gold": pgettext_lazy("member level", "Gold"),
    "platinum": pgettext_lazy("member level", "Platinum"),
}

# kind → value → mark. Upper apps add their own kinds with `register_marks` in AppConfig.ready().
_kinds: dict[str, dict[str, Mark]] = {}


def register_marks(kind: str, marks: dict[str, Mark]) -> None:
    """Give the statuses of `kind` their marks, for ``{% badge "kind" value %}``."""
    _kinds.setdefault(kind, {}).update(marks)


def mark_for(kind: str, value: str) -> Mark | None:
    """Return the mark of `value`, None where none is registered."""
    return _kinds.get(kind, {}).get(value)


def all_marks() -> list[Mark]:
    """Return every mark that a page may draw."""
    return [*LIGHTS.values(), *(mark for marks in _kinds.values() for mark in marks.values())]


def light_for(value: str | None) -> tuple[str, Mark]:
    """Return colour key and mark of a risk light; unknown values are "not assessed"."""
    key = LIGHT_ALIASES.get(value or "", value or "none")
    return (key, LIGHTS[key]) if key in LIGHTS else ("none", LIGHTS["none"])
