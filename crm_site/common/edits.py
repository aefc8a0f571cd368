"""Edits that know what they started from: nobody's change is overwritten unseen (A-49).

A form of a stored record carries, signed, what it showed. When it comes back, the record is locked
and compared with that: a value that somebody changed meanwhile leads to a view with three versions
(what the form showed, what stands now, what was typed), and nothing is written before the person
has seen them. Values that only the other person touched are taken over into the form.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.db import connection, transaction
from django.db.models import Model
from django.forms import BaseForm, BoundField, CheckboxInput, FileField
from django.http import Http404, HttpRequest, QueryDict
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from crm_site.common.display import local_dt
from crm_site.common.refusals import StaleError

BASE = "edit_base"
TAKE = "take."
THEIRS = "theirs"
VERSION = "version"
SEEN = "seen"
SALT = "crm_site.common.edits"

Values = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field that somebody else changed: its three versions in words.

    `is_open` where both changed it differently; `take` is the name of the choice between them.
    """

    label: str
    base: str
    theirs: str
    mine: str
    is_open: bool
    take: str


@dataclass(frozen=True, slots=True)
class Edit:
    """The edit of one record by one person; `key` names the record and the form."""

    key: str
    user_id: int
    record: Model | None = None

    def offer(self, form: Any, *, standing: Any = None) -> Any:
        """Return the unbound `form` with the signed values of the record.

        They are those it shows, or those of `standing` where the form proposes others.
        """
        form.edit_base = self._sign(shown_values(standing or form))
        return form

    def lock(self) -> None:
        """Hold the record until the transaction ends and read it again; 404 once it is gone."""
        if self.record is None:
            number = int.from_bytes(salted_hmac(SALT, self.key).digest()[:8], "big", signed=True)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [number])
            return
        rows = type(self.record)._base_manager.select_for_update()
        if not rows.filter(pk=self.record.pk).values_list("pk").first():
            raise Http404
        self.record.refresh_from_db()

    def has_moved(self, form: Any, *, standing: Any) -> bool:
        """Tell whether somebody changed what the bound `form` shows since it was opened.

        `standing` is the same form, unbound, of the record as it stands now; `lock` was called. If
        so, `form.conflicts` holds the three versions, and the form can be shown and sent again. A
        request without a base comes from no page: it counts by its version, or as it is.
        """
        now, data = shown_values(standing), form.data.copy()
        base = self._read(data[BASE]) if BASE in data else None
        if BASE not in data and _has_version(data, standing):
            base = now
        _take(data, form, now)
        form.data, form.edit_base = data, self._sign(now)
        if VERSION in standing.fields and base is not None:
            data[form.add_prefix(VERSION)] = str(standing[VERSION].value())
        typed = shown_values(form)
        moved = [name for name in now if (typed if base is None else base).get(name) != now[name]]
        form.conflicts = [
            _conflict(form[name], base, now[name], typed[name]) for name in moved if name in typed
        ]
        for name in moved:
            if base is not None and typed.get(name) == base.get(name):
                _put(data, form[name], now[name])
        return bool(form.conflicts)

    def _sign(self, values: Values) -> str:
        return signing.dumps([self.key, self.user_id, values], salt=SALT, compress=True)

    def _read(self, token: str) -> Values | None:
        """Return the values of a token of this form and person, None for anything else."""
        try:
            key, user_id, values = signing.loads(token, salt=SALT)
        except (signing.BadSignature, ValueError, TypeError):
            return None
        return values if (key, user_id) == (self.key, self.user_id) else None


def edit_of(record: Model, user: Any, form: str = "") -> Edit:
    """Return the edit of `record` by `user`; `form` tells several forms of one record apart."""
    return Edit(f"{record._meta.label_lower}:{record.pk}:{form}", user.pk, record)


def carry_base(form: Any, request: HttpRequest) -> Any:
    """Return `form`, drawn again before it is sent for good, with the base the request holds."""
    form.edit_base = request.POST.get(BASE, "")
    return form


def seen_text(value: Any) -> str:
    """Return `value` as an action's form carries it: what stood on the page."""
    if isinstance(value, Model):
        return f"={value.pk}"
    return f"={value.isoformat() if isinstance(value, datetime) else value or ''}"


@contextmanager
def as_seen(request: HttpRequest, record: Any, name: str) -> Iterator[None]:
    """Hold the record for an action on the value `name` that the page showed.

    Raise StaleError, with nothing written, when the value no longer is what the form carries in
    ``seen``; requests without it come from no page and pass.
    """
    with transaction.atomic():
        edit_of(record, request.user).lock()
        value = getattr(record, name)
        if request.POST.get(SEEN, seen_text(value)) != seen_text(value):
            message = _("Somebody else set it to “%(now)s” meanwhile. Reload, then decide again.")
            raise StaleError(message % {"now": _in_words(record, name)})
        yield


def _in_words(record: Any, name: str) -> str:
    value = getattr(record, name)
    words = getattr(record, f"get_{name}_display", None)
    return local_dt(value) if isinstance(value, datetime) else str(words() if words else value)


def shown_values(form: BaseForm) -> Values:
    """Return what each control of `form` holds, as a browser would send it."""
    return {
        bound.name: _texts(bound)
        for bound in form
        if bound.name != VERSION and not isinstance(bound.field, FileField)
    }


def _has_version(data: QueryDict, standing: Any) -> bool:
    """Tell whether the request names the record's current version, or forms of it have none."""
    if VERSION not in standing.fields:
        return True
    return data.get(VERSION, "") == str(standing[VERSION].value())


def _texts(bound: BoundField) -> list[str]:
    widget, value = bound.field.widget, bound.value()
    if isinstance(widget, CheckboxInput):
        return ["on"] if widget.check_test(value) else []
    held: Any = widget.format_value(value)
    if isinstance(held, list | tuple):
        return sorted(str(item) for item in held if str(item))
    text = "" if held is None else str(held).replace("\r\n", "\n").strip()
    return [text] if text else []


def _conflict(
    bound: BoundField, base: Values | None, theirs: list[str], mine: list[str]
) -> Conflict:
    before = None if base is None else base.get(bound.name, [])
    return Conflict(
        label=str(bound.label),
        base="" if before is None else _words(bound, before),
        theirs=_words(bound, theirs),
        mine=_words(bound, mine),
        is_open=mine not in (before, theirs),
        take=f"{TAKE}{bound.html_name}",
    )


def _words(bound: BoundField, values: list[str]) -> str:
    """Return values as a person reads them: the labels of choices, yes and no."""
    if isinstance(bound.field.widget, CheckboxInput):
        return _("Yes") if values else _("No")
    choices: Any = getattr(bound.field, "choices", None)
    labels: Mapping[str, str] = {}
    if choices is not None and hasattr(bound.field.widget, "choices"):
        labels = {str(value): str(label) for value, label in choices}
    return ", ".join(labels.get(value, value) for value in values)


def _take(data: QueryDict, form: Any, values: Values) -> None:
    """Put what stands into the fields for which the person chose it."""
    for bound in form:
        if data.get(f"{TAKE}{bound.html_name}") == THEIRS and bound.name in values:
            _put(data, bound, values[bound.name])


def _put(data: QueryDict, bound: BoundField, values: list[str]) -> None:
    if values:
        data.setlist(bound.html_name, values)
    else:
        data.pop(bound.html_name, None)
