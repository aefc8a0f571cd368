"""When knowledge of the market is too old, or a paper near its end. Pure."""

from datetime import date, timedelta


def is_stale(day: date | None, *, today: date, days: int) -> bool:
    """Return whether what was found on ``day`` is older than ``days`` days (never found: yes)."""
    return day is None or day < today - timedelta(days=days)


def is_near(end: date, *, today: date, days: int) -> bool:
    """Return whether ``end`` is within ``days`` days, or over."""
    return end <= today + timedelta(days=days)
