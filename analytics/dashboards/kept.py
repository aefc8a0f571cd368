"""What dashboards have read is kept for a few minutes: it is counted once for all who look.

Minutes are cut into spans, and everything on a page is of the span it is asked in, so nothing is
older than one span and the parts of a page go together. The moment of reading is kept as well: the
page says "as of" the oldest of them.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from django.core.cache import cache
from django.utils.translation import get_language

SPAN: Final = 240  # seconds; with the time a page takes still below five minutes
Kept = tuple[dt.datetime, Any]
T = TypeVar("T")


def keep(name: str, make: Callable[[], T], *, now: dt.datetime) -> tuple[dt.datetime, T]:
    """Return what ``make`` gave in this span and when, asking it where nobody has yet.

    What is kept is pickled: figures and names, never personal data of customers.
    """
    place = _name(name, now)
    found: Kept | None = cache.get(place)
    if found is None:
        found = (now, make())
        cache.set(place, found, SPAN)
    return found


def drawn(asked: Any, draw: Callable[[], T]) -> T:
    """Return what ``draw`` drew for a person, a ``Question`` and a language in this span.

    Whether the person may ask it is decided before, each time.
    """
    words = f"{asked.user.pk}:{asked.user.role}:{get_language()}:{asked.here}:{asked.period.end}"
    return keep(f"drawn:{words}", draw, now=asked.now)[1]


def keep_many(
    names: Iterable[str], make: Callable[[str], T], *, now: dt.datetime
) -> dict[str, tuple[dt.datetime, T]]:
    """Return the same for several names, those kept in one question."""
    places = {name: _name(name, now) for name in names}
    kept = cache.get_many(list(places.values()))
    found = {name: kept[place] for name, place in places.items() if place in kept}
    fresh = {name: (now, make(name)) for name in places if name not in found}
    if fresh:
        cache.set_many({places[name]: one for name, one in fresh.items()}, SPAN)
    return found | fresh


def _name(name: str, now: dt.datetime) -> str:
    return f"dashboard:{name}:{int(now.timestamp()) // SPAN}"
