"""How the nearest limit of a ticket stands in a list: overdue, due today, still ahead. Pure."""

import datetime as dt
from enum import StrEnum

from crm_site.calendars.rules.working_time import SHANGHAI


class Light(StrEnum):
    """What a row of a list says about the nearest limit."""

    OVERDUE = "overdue"
    TODAY = "today"
    AHEAD = "ahead"
    STILL = "still"


def light_of(state: str, due_at: dt.datetime, now: dt.datetime) -> Light:
    """Return how a limit stands; days are those of Beijing, a clock that stands still is not late.

    The moment it is due still counts as in time.
    """
    if state == "paused":
        return Light.STILL
    if due_at < now:
        return Light.OVERDUE
    same_day = due_at.astimezone(SHANGHAI).date() == now.astimezone(SHANGHAI).date()
    return Light.TODAY if same_day else Light.AHEAD
