"""How long a login lasts: half an hour without use, twelve hours at most (A-16)."""

from datetime import datetime

from django.conf import settings
from django.http import HttpRequest

STARTED = "started_at"
SEEN = "seen_at"
TOUCH_SECONDS = 60  # the stamp is written at most once a minute


def start(request: HttpRequest, *, now: datetime) -> None:
    """Begin the time of a new login."""
    request.session[STARTED] = request.session[SEEN] = now.timestamp()
    request.session.set_expiry(settings.SESSION_IDLE_SECONDS)


def end_if_over(request: HttpRequest, *, now: datetime) -> bool:
    """Tell whether the session was idle too long or is too old."""
    stamp = now.timestamp()
    started = request.session.get(STARTED)
    if started is None:  # a session that no login page began
        return False
    idle = stamp - request.session.get(SEEN, started)
    return bool(
        idle > settings.SESSION_IDLE_SECONDS or stamp - started > settings.SESSION_COOKIE_AGE
    )


def touch(request: HttpRequest, *, now: datetime) -> None:
    """Note that the session was used; its cookie never outlives the absolute limit."""
    stamp = now.timestamp()
    if STARTED not in request.session:
        start(request, now=now)
        return
    if stamp - request.session[SEEN] < TOUCH_SECONDS:
        return
    request.session[SEEN] = stamp
    left = int(request.session[STARTED] + settings.SESSION_COOKIE_AGE - stamp)
    request.session.set_expiry(max(1, min(settings.SESSION_IDLE_SECONDS, left)))
