"""Templates drawn once and filled again and again: the frame, the filters, the rows of a list.

Most of a page is the same for everybody. A mould is a template drawn with marks where pages
differ; to fill it is to join ready pieces, which costs a hundredth of drawing.
"""

import re
import secrets
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Nobody can write this into a name: it is made anew in every process.
_MARK = f"\ue000{secrets.token_hex(8)}:"
_END = "\ue001"
_GAP = re.compile(f"{re.escape(_MARK)}([^{_END}]+){_END}")
_ONE_REQUEST = re.compile(r'name="(?:csrfmiddlewaretoken|idempotency_key)" value="')
MOST_KEPT = 512
_forms: dict[tuple[Any, ...], "Mould"] = {}


@dataclass(frozen=True, slots=True)
class Mould:
    """The ready pieces of a template and the names of the gaps between them."""

    pieces: tuple[str, ...]
    gaps: tuple[str, ...]

    def fill(self, values: Mapping[str, Any]) -> SafeString:
        """Return the template with `values` in its gaps, escaped unless they are safe."""
        parts = [self.pieces[0]]
        for gap, piece in zip(self.gaps, self.pieces[1:], strict=True):
            value = values[gap]
            parts.append(value if isinstance(value, SafeString) else escape(str(value)))
            parts.append(piece)
        return SafeString("".join(parts))


def gap(name: str) -> SafeString:
    """Return the mark of a gap, for values that a template draws."""
    return SafeString(f"{_MARK}{name}{_END}")


def cast(text: str) -> Mould:
    """Return the mould of a text in which gaps are marked."""
    pieces = _GAP.split(text)
    return Mould(tuple(pieces[::2]), tuple(pieces[1::2]))


def mould(template: str, *, gaps: tuple[str, ...], **values: Hashable) -> Mould:
    """Return `template` drawn with `values` in the current language and a mark for each of `gaps`.

    It is drawn once for each language and set of values. A gap is always true: what a template
    decides by has to be among the values.
    """
    draw = _drawn.__wrapped__ if settings.DEBUG else _drawn
    return draw(template, get_language() or "", gaps, tuple(values.items()))


def form_mould(template: str, form: BaseForm, *, gaps: tuple[str, ...]) -> Mould:
    """Return `template` drawn around an unbound `form`, once for each of its initial values.

    Only for forms whose fields and choices are the same for everybody.
    """
    first = tuple(sorted(form.initial.items()))
    key = (template, get_language(), gaps, type(form), form.auto_id, form.prefix, first)
    found = _forms.get(key)
    if found is None or settings.DEBUG:
        found = cast(_text(template, {"form": form}, gaps))
        if len(_forms) >= MOST_KEPT:
            _forms.clear()
        _forms[key] = found
    return found


def forget() -> None:
    """Let everything be drawn anew, for who changes how templates are drawn."""
    _drawn.cache_clear()
    _forms.clear()


@lru_cache(maxsize=MOST_KEPT)
def _drawn(
    template: str, _language: str, gaps: tuple[str, ...], values: tuple[tuple[str, Any], ...]
) -> Mould:
    return cast(_text(template, dict(values), gaps))


def _text(template: str, values: dict[str, Any], gaps: tuple[str, ...]) -> str:
    """Return the drawn template; raise ValueError if a key of one request would be kept in it."""
    text = render_to_string(template, values | {name: gap(name) for name in gaps})
    if any(piece[:1] not in ("", '"') for piece in _ONE_REQUEST.split(_GAP.sub("", text))[1:]):
        message = f"{template} holds a key that is good for one request only; make it a gap"
        raise ValueError(message)
    return text
