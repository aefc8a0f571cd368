"""Which messages exist, and their words in the language of whoever reads them.

Upper apps declare theirs in ``AppConfig.ready()``. A message row keeps the kind and the values;
the text is made when it is read, so a change of language or wording reaches old messages too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from crm_site.outbox.errors import MessageParamsError, UnknownMessageError

Words = str | Promise
_PLACEHOLDER = re.compile(r"%\((\w+)\)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message: words with ``%(name)s`` places, where it leads, over which channels.

    ``title`` and ``body`` are lazy translations (``ngettext_lazy(…, "count")`` for plurals).
    ``show`` turns stored values (codes, moments as ISO text) into words at reading time.
    ``url_name`` is where a message without a subject leads; with one, the subject's page.
    ``label`` names the kind on the page of preferences; without it the title does, with dots.
    """

    key: str
    title: Words
    body: Words = ""
    url_name: str = ""
    channels: tuple[str, ...] = ("in_app",)
    show: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    icon: str = "bell"
    tone: str = ""
    label: Words = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words, in the language active when it was made."""

    title: str
    body: str


_KINDS: dict[str, MessageKind] = {}


def declare_message(kind: MessageKind) -> None:
    """Make ``kind`` known; declaring again replaces it."""
    _KINDS[kind.key] = kind


def message_kind(key: str) -> MessageKind:
    """Return the kind ``key``; raise UnknownMessageError."""
    try:
        return _KINDS[key]
    except KeyError:
        raise UnknownMessageError(key) from None


def message_kinds() -> list[MessageKind]:
    """Return all kinds by key."""
    return [_KINDS[key] for key in sorted(_KINDS)]


class _Dots(dict[str, Any]):
    """Fills every place of a title with dots."""

    def __missing__(self, _name: str) -> str:
        return "…"


def label_of(kind: MessageKind) -> str:
    """Return what people call messages of this kind, in the active language."""
    return str(kind.label or kind.title % _Dots(count=1))


def check_params(kind: MessageKind, params: dict[str, Any]) -> None:
    """Raise MessageParamsError when the words cannot be made or a value holds a mobile number."""
    for value in params.values():
        if isinstance(value, str) and _PHONE.search(value):
            raise MessageParamsError(f"{kind.key}: a value looks like a phone number")
    try:
        _words(kind, params)
    except (KeyError, TypeError, ValueError) as error:
        raise MessageParamsError(f"{kind.key}: {error}") from error


def render(key: str, params: dict[str, Any]) -> Text:
    """Return the message in the active language; a kind that no longer exists shows its key."""
    kind = _KINDS.get(key)
    if kind is None:
        return Text(key, "")
    try:
        return _words(kind, params)
    except (KeyError, TypeError, ValueError):
        return Text(_PLACEHOLDER.sub("…", str(kind.title)), "")


def _words(kind: MessageKind, params: dict[str, Any]) -> Text:
    shown = {**params, **(kind.show(params) if kind.show else {})}
    return Text(str(kind.title % shown), str(kind.body % shown) if kind.body else "")
