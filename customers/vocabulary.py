"""The controlled lists: their words, what else these are called, how they are shown (CUS-05)."""

from collections.abc import Iterable

from django.core.cache import cache
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from customers.models import VocabularyTerm
from customers.rules.entry import CapturePoint
from customers.rules.journey import JourneyPoint
from customers.rules.search import fold
from customers.rules.text import clean_text

CACHED_FOR = 300  # seconds; `forget` after every change
CAPTURE_POINTS: dict[str, str | Promise] = {
    CapturePoint.WEB_FORM.value: _("Web form"),
    CapturePoint.APP.value: _("App"),
    CapturePoint.WECHAT.value: _("WeChat account"),
    CapturePoint.STORE.value: _("Sales office"),
    CapturePoint.HOTLINE.value: _("Hotline"),
    CapturePoint.FRONT_DESK.value: _("Front desk"),
    CapturePoint.AFTER_SALES.value: _("After-sales desk"),
    CapturePoint.IMPORT.value: _("Import"),
}
JOURNEY_POINTS: dict[str, str | Promise] = {
    JourneyPoint.BROWSING.value: _("Online browsing"),
    JourneyPoint.CONSULTATION.value: _("Consultation"),
    JourneyPoint.APPOINTMENT.value: _("Appointment"),
    JourneyPoint.SIGNING.value: pgettext_lazy("journey", "Signing"),
    JourneyPoint.MOVE_IN.value: _("Moving in"),
}
Row = tuple[str, str, str, list[str], bool]  # code, zh, en, aliases, is_active


def labels(list_key: str) -> dict[str, str]:
    """Return the words of a list by code in the current language, retired ones included."""
    if list_key == "capture_point":
        return {code: str(label) for code, label in CAPTURE_POINTS.items()}
    return {row[0]: _label(row) for row in _rows(list_key)}


def labels_of(*list_keys: str) -> list[dict[str, str]]:
    """Return ``labels`` of several lists with one look at the cache."""
    found = cache.get_many([_cache_key(key) for key in list_keys])
    return [
        {row[0]: _label(row) for row in found.get(_cache_key(key)) or _rows(key)}
        for key in list_keys
    ]


def options(list_key: str) -> list[tuple[str, str]]:
    """Return the words that may still be chosen, in their order, as a choice field takes them."""
    if list_key == "capture_point":
        return list(labels(list_key).items())
    return [(row[0], _label(row)) for row in _rows(list_key) if row[4]]


def code_of(list_key: str, text: str) -> str | None:
    """Return the code that ``text`` means, by code, label or alias; ``None`` for unknown words."""
    return meanings(list_key).get(_key(text))


def meanings(list_key: str) -> dict[str, str]:
    """Return the code of every known spelling, folded; imports look up thousands at once."""
    found: dict[str, str] = {}
    for code, zh, en, aliases, _active in _rows(list_key):
        for spelling in (*aliases, en, zh, code):
            found[_key(spelling)] = code
    return found


def spelling_key(text: str) -> str:
    """Return ``text`` as the keys of ``meanings`` are written."""
    return _key(text)


def forget(list_keys: Iterable[str] = ("source", "layout", "lost_reason", "city")) -> None:
    """Drop the cached lists; call it after changing a term."""
    cache.delete_many([_cache_key(key) for key in list_keys])


def _rows(list_key: str) -> list[Row]:
    rows: list[Row] | None = cache.get(_cache_key(list_key))
    if rows is None:
        terms = VocabularyTerm.objects.filter(list_key=list_key)
        rows = list(terms.values_list("code", "label_zh", "label_en", "aliases", "is_active"))
        cache.set(_cache_key(list_key), rows, CACHED_FOR)
    return rows


def _label(row: Row) -> str:
    return row[1] if (get_language() or "").startswith("zh") else row[2]


def _key(text: str) -> str:
    return fold(clean_text(text)).replace(" ", "")


def _cache_key(list_key: str) -> str:
    return f"vocabulary:{list_key}"
