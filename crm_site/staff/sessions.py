"""How long a login lasts: half an hour without use, twelve hours at most (A-16).

Two more stamps lie in a session: when its person last proved who it is (A-17), and when the
password has to be changed (A-18).
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

STARTED = "started_at"
SEEN = "seen_at"
CONFIRMED = "confirmed_at"
PASSWORD_DUE = "password_due_at"  # noqa: S105 -- the name of a stamp
FRESH = timedelta(minutes=5)  # how long a proof of who it is counts for critical acts
TOUCH_SECONDS = 60  # the stamp is written at most once a minute


def start(request: HttpRequest, *, now: datetime) -> None:
    """Begin the time of a new login."""
    request.session[STARTED] = request.session[SEEN] = now.timestamp()
    request.session.set_expiry(settings.SESSION_IDLE_SECONDS)


def confirm(request: HttpRequest, *, now: datetime) -> None:
    """Note that the person has just proved who it is."""
    request.session[CONFIRMED] = now.timestamp()


def is_confirmed(request: HttpRequest, *, now: datetime) -> bool:
    """Tell whether the person proved who it is within the last five minutes."""
    age = now.timestamp() - request.session.get(CONFIRMED, 0)
    return bool(0 <= age <= FRESH.total_seconds())


def keep_password_due(request: HttpRequest, due: datetime | None) -> None:
    """Note until when the password may be used; None for always."""
    request.session[PASSWORD_DUE] = due.timestamp() if due else None


def owes_password(request: HttpRequest, *, now: datetime) -> bool:
    """Tell whether the password is too old: nothing opens before it is changed."""
    due = request.session.get(PASSWORD_DUE)
    return due is not None and bool(now.timestamp() >= due)


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
