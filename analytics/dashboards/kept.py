"""What was drawn is kept as long as its figures, and what was asked lately is noted.

Whoever looks first counts (``analytics.kpis.kept``); while somebody looks, a job counts anew before
the time is over (``services.reading_ahead``), so that nobody waits.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any, Final, TypeVar

from django.core.cache import cache
from django.utils.translation import get_language

from analytics.kpis.kept import FRESH

LATELY: Final = "dashboard:lately"
LOOKED_AT: Final = 3600  # seconds for which a question is read ahead after somebody asked it
MOST_LATELY: Final = 60
Asked = tuple[int, str, tuple[tuple[str, str], ...]]  # who, which board, words of the address
T = TypeVar("T")


def drawn(asked: Any, draw: Callable[[], T]) -> T:
    """Return what ``draw`` drew for a person, a ``Question`` and a language.

    It is kept as long as the oldest figure on it, and drawn anew for who asks ``again``. Whether
    the person may ask it is decided before, each time.
    """
    words = f"{asked.user.pk}:{asked.user.role}:{get_language()}:{asked.here}:{asked.period.end}"
    place = f"dashboard:drawn:{words}"
    found: T | None = None if asked.again else cache.get(place)
    if found is None:
        found = draw()
        left = FRESH - int((asked.now - asked.as_of).total_seconds())
        cache.set(place, found, max(1, left))
    return found


def remember(asked: Any) -> None:
    """Note that a ``Question`` was asked, to be read ahead; two notes at once may lose one."""
    stamp = int(asked.now.timestamp())
    notes: dict[Asked, int] = cache.get(LATELY) or {}
    note = (asked.user.pk, asked.board.key, tuple(sorted(asked.query.items())))
    if stamp - notes.get(note, 0) < FRESH:
        return
    notes[note] = stamp
    newest = sorted(notes.items(), key=lambda one: -one[1])[:MOST_LATELY]
    cache.set(LATELY, dict(newest), LOOKED_AT)


def lately(now: dt.datetime) -> list[Asked]:
    """Return what was asked within the last hour, the newest first."""
    notes: dict[Asked, int] = cache.get(LATELY) or {}
    since = int(now.timestamp()) - LOOKED_AT
    return [note for note, stamp in sorted(notes.items(), key=lambda x: -x[1]) if stamp > since]
