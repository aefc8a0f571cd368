"""By when a callback is due (CUS-100). Pure."""

import datetime as dt

from crm_site.calendars.rules.working_time import (
    Calendar,
    DueTime,
    in_shanghai,
    is_provisional_between,
    is_workday,
    next_working_moment,
)

DAY = dt.timedelta(days=1)


def due_at(start: dt.datetime, hours: int, calendar: Calendar) -> DueTime:
    """Return when ``hours`` from ``start`` have run out in the calendar of who has to call.

    Time begins at the first moment at which the office works; each 24 hours end at the same time
    of its next day of work, and what is left over is plain hours. A moment outside working time
    moves to the next opening, so that nobody is due while the office is shut. Raise ValueError for
    hours that are not above zero.
    """
    if hours <= 0:
        raise ValueError("a callback needs time")
    begun = next_working_moment(start, calendar)
    moment, days = in_shanghai(begun), hours // 24
    while days:
        moment += DAY
        days -= is_workday(moment.date(), calendar)
    moment = next_working_moment(moment + dt.timedelta(hours=hours % 24), calendar)
    return DueTime(moment, is_provisional_between(start, moment, calendar))
