"""Which registers exist: upper apps describe theirs in ``AppConfig.ready()``; the rest is free."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from crm_site.common.marks import Mark, register_marks
from crm_site.common.navigation import Label, register_entry

FIELD_TYPES = ("text", "long", "number", "date", "choice", "boolean")
OPEN = "open"
TAKEN_KEYS = ("entries",)  # a part of the address


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterField:
    """One field of an entry; ``initial(user)`` proposes a value for a new one."""

    key: str
    label: Label
    type: str = "text"
    required: bool = False
    choices: tuple[tuple[str, Label], ...] = ()
    help: Label = ""
    initial: Callable[[Any], Any] = lambda _user: None

    def __post_init__(self) -> None:
        if self.type not in FIELD_TYPES:
            raise ImproperlyConfigured(f"a register has no field type {self.type}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One way in which an entry ends; ``asks`` labels the evidence or reason it demands."""

    key: str
    label: Label
    asks: Label
    action: Label
    tone: str = "green"
    shape: str = "tick"


WHAT, DUE = _("What"), _("Due")
CLOSED = Outcome(
    key="closed", label=_("Closed"), asks=_("Evidence"), action=_("Close with evidence")
)


@dataclass(frozen=True, slots=True)
class Draft:
    """What an entry would be: checked by the definition before anything is written."""

    values: Mapping[str, Any]
    due_at: datetime | None
    now: datetime


Checker = Callable[[Draft], Mapping[str, Label]]
EndChecker = Callable[[Mapping[str, Any], str], Mapping[str, Label]]
Flagger = Callable[[Any], Label]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterDefinition:
    """A typed list with an owner, a due or review date and evidence.

    With a ``subject_kind`` every entry is about one subject, and whoever sees the subject sees the
    entry; without, whoever holds ``view_permission``. ``check`` returns messages by field, due_at
    included. ``binds`` tells whether missing the due time is a breach: reminded, alerted, red.
    ``may_end`` returns messages for an entry, by its values, that an outcome cannot end yet.
    ``flags`` returns for a moment the function that says of an open entry what it wants attention
    for (too old, not proven); empty words: nothing. ``pages`` are the addresses and
    labels of further pages offered above the list.
    """

    key: str
    label: Label
    item: Label
    fields: tuple[RegisterField, ...]
    view_permission: str
    edit_permission: str
    subject_kind: str = ""
    review_every: timedelta | None = None
    outcomes: tuple[Outcome, ...] = (CLOSED,)
    title_label: Label = WHAT
    due_label: Label = DUE
    help: Label = ""
    check: Checker = lambda _draft: {}
    binds: Callable[[Mapping[str, Any]], bool] = lambda _values: True
    may_end: EndChecker = lambda _values, _outcome: {}
    flags: Callable[[datetime], Flagger] | None = None
    pages: tuple[tuple[str, Label], ...] = ()

    @property
    def marks(self) -> str:
        """The kind under which the states of this register have their marks."""
        return f"register:{self.key}"

    def outcome(self, key: str) -> Outcome | None:
        """Return the outcome ``key`` of this register, or None."""
        return next((found for found in self.outcomes if found.key == key), None)


_definitions: dict[str, RegisterDefinition] = {}


def register_definition(definition: RegisterDefinition) -> None:
    """Make a register known: its pages, marks and place in the navigation; again replaces it."""
    if definition.key in TAKEN_KEYS:
        raise ImproperlyConfigured(f"no register can be called {definition.key}")
    keys = [field.key for field in definition.fields]
    if len(keys) != len(set(keys)):
        raise ImproperlyConfigured(f"register {definition.key} has a field twice")
    _definitions[definition.key] = definition
    ends = {found.key: Mark(found.tone, found.shape, found.label) for found in definition.outcomes}
    register_marks(definition.marks, {OPEN: Mark("blue", "ring", _("Open")), **ends})
    place = ("registers:register-list", _("Registers"), "layers", 450)
    register_entry(f"register-{definition.key}", *place, definition.view_permission)


def forget_definition(key: str) -> None:
    """Take a register out again; its entries stay in the database and are shown nowhere."""
    _definitions.pop(key, None)


def definition(key: str) -> RegisterDefinition | None:
    """Return the register ``key``, None where no app describes it."""
    return _definitions.get(key)


def definitions_for(user: Any) -> list[RegisterDefinition]:
    """Return the registers ``user`` may look at, by key."""
    return [
        _definitions[key]
        for key in sorted(_definitions)
        if user.has_perm(_definitions[key].view_permission)
    ]
