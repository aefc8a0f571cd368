"""Days and hours in which a batch may leave (MKT-37). Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Window:
    """From a moment until another, each day from one hour until another (local time)."""

    starts: datetime
    ends: datetime
    hour_from: int
    hour_until: int


def opens(window: Window, local: datetime) -> datetime | None:
    """Return when a message may leave at the earliest from ``local`` on; None: never again.

    A message that may leave right now gets ``local`` itself. Times are aware and local.
    """
    moment = max(local, window.starts)
    if moment.hour < window.hour_from:
        moment = moment.replace(hour=window.hour_from, minute=0, second=0, microsecond=0)
    elif moment.hour >= window.hour_until:
        next_day = moment + timedelta(days=1)
        moment = next_day.replace(hour=window.hour_from, minute=0, second=0, microsecond=0)
    return moment if moment < window.ends else None
