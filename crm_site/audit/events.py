"""Which kinds of events the trail may hold; upper apps declare theirs in ``AppConfig.ready()``."""

from django.core.exceptions import ImproperlyConfigured
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_kinds: dict[str, str | Promise] = {}

VIEWED = "customer.viewed"
MASS_VIEWING = "audit.mass_viewing"
SHOWN = "personal.shown"
# Kinds that an auditor must not overlook; the list page marks them.
ALARMS = {MASS_VIEWING}


class UndeclaredKindError(LookupError):
    """An event of a kind that no app declared."""


def declare(kind: str, label: str | Promise) -> None:
    """Allow events of ``kind``, shown as ``label``; raise if the kind has another label already."""
    known = _kinds.get(kind)
    if known is not None and str(known) != str(label):
        raise ImproperlyConfigured(f"audit event {kind} is declared twice")
    _kinds[kind] = label


def label_of(kind: str) -> str | Promise:
    """Return the words for ``kind``; the kind itself where its app is no longer installed."""
    return _kinds.get(kind, kind)


def require_declared(kind: str) -> None:
    """Raise UndeclaredKindError unless some app declared ``kind``."""
    if kind not in _kinds:
        raise UndeclaredKindError(kind)


def kinds() -> dict[str, str | Promise]:
    """Return every declared kind with its label, in alphabetical order."""
    return dict(sorted(_kinds.items()))


def declare_own() -> None:
    """Declare what the trail says about itself."""
    declare(MASS_VIEWING, _("Unusually many records viewed"))
    declare("access.refused", _("Access refused"))
    declare(SHOWN, _("Personal values shown in full"))
