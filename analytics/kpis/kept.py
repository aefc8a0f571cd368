"""What pages of figures have read is kept for a few minutes: it is counted once for all who look.

The moment of reading is kept as well, so that a page can say "as of".
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from django.core.cache import cache

FRESH: Final = 285  # seconds; with the time a page takes still below five minutes
Kept = tuple[dt.datetime, Any]
T = TypeVar("T")


def keep(
    name: str, make: Callable[[], T], *, now: dt.datetime, again: bool = False
) -> tuple[dt.datetime, T]:
    """Return what ``make`` gave lately and when, asking it where nobody has, or ``again``.

    What is kept is pickled: figures and names, never personal data of customers.
    """
    place = _name(name)
    found: Kept | None = None if again else cache.get(place)
    if found is None:
        found = (now, make())
        cache.set(place, found, FRESH)
    return found


def keep_many(
    names: Iterable[str], make: Callable[[str], T], *, now: dt.datetime, again: bool = False
) -> dict[str, tuple[dt.datetime, T]]:
    """Return the same for several names, those kept in one question."""
    places = {name: _name(name) for name in names}
    kept = {} if again else cache.get_many(list(places.values()))
    found = {name: kept[place] for name, place in places.items() if place in kept}
    fresh = {name: (now, make(name)) for name in places if name not in found}
    if fresh:
        cache.set_many({places[name]: one for name, one in fresh.items()}, FRESH)
    return found | fresh


def _name(name: str) -> str:
    return f"figure:{name}"
