"""When a dashboard is to be sent. Pure."""

import datetime as dt

from analytics.kpis.kinds import SHANGHAI

EVERY_DAY = 0


def slot_of(weekday: int, hour: int, now: dt.datetime) -> dt.datetime:
    """Return the last moment at which it was due, by Beijing time; ``weekday`` 0 is every day."""
    local = now.astimezone(SHANGHAI)
    due = local.replace(hour=hour, minute=0, second=0, microsecond=0)
    if weekday != EVERY_DAY:
        due -= dt.timedelta(days=(local.isoweekday() - weekday) % 7)
    if due > local:
        due -= dt.timedelta(days=1 if weekday == EVERY_DAY else 7)
    return due
