"""Local days as moments."""

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings


def zone() -> ZoneInfo:
    """Return the time zone in which days begin."""
    return ZoneInfo(settings.TIME_ZONE)


def begins(day: date) -> datetime:
    """Return the first moment of a local day."""
    return datetime.combine(day, time.min, zone())


def moments(spans: Iterable[tuple[date, date]]) -> dict[str, list[datetime]]:
    """Return the parameters ``since`` and ``until`` of statements narrowed to spans of days."""
    found = list(spans)
    return {
        "since": [begins(start) for start, _end in found],
        "until": [begins(end) for _start, end in found],
    }
