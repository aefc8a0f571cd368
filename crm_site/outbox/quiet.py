"""Hours in which nobody is disturbed (SVC-83, CUS-47). Pure."""

from datetime import datetime, time, timedelta


def quiet_until(local: datetime, *, starts: time, ends: time) -> datetime | None:
    """Return when the quiet hours that ``local`` lies in end, None outside them.

    ``local`` is aware and in the time zone of the hours. ``ends`` before ``starts`` runs past
    midnight; the end itself is no longer quiet. Equal times mean no quiet hours.
    """
    at = local.time()
    if starts < ends:
        is_quiet = starts <= at < ends
    else:
        is_quiet = starts != ends and (at >= starts or at < ends)
    if not is_quiet:
        return None
    end = local.replace(hour=ends.hour, minute=ends.minute, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)
