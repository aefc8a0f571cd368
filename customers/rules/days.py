"""Where a day ends in Beijing time, and how far clocks may differ. Pure."""

import datetime as dt

from crm_site.calendars.rules.working_time import SHANGHAI

# How far ahead of ours the clock of somebody's device or of a website may run.
SKEW = dt.timedelta(minutes=10)


def end_of_day(moment: dt.datetime) -> dt.datetime:
    """Return the midnight after ``moment`` in Beijing time."""
    local = moment.astimezone(SHANGHAI)
    return local.replace(hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=1)


def start_of_month(moment: dt.datetime) -> dt.datetime:
    """Return the midnight with which the month of ``moment`` began in Beijing time."""
    local = moment.astimezone(SHANGHAI)
    return local.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
