"""Proving again who one is before a critical act: step-up authentication (A-17, ASVS 7.5.3).

An unlocked screen or a stolen cookie opens the pages of its owner, but changes no role, takes no
file out and approves nothing unless the password, or the code of the second factor, was given
within the last five minutes.
"""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from crm_site.audit.services import record
from crm_site.common.addresses import client_ip
from crm_site.common.htmx import go_to
from crm_site.staff import attempts, second_factor, sessions
from crm_site.staff.models import User

View = Callable[..., HttpResponse]
CRITICAL = "is_critical"


def critical(*methods: str) -> Callable[[View], View]:
    """Let a view act by ``methods`` (POST by default) only for whoever proved it just now.

    Others are sent to the page that asks, and back; nothing was done then, the try is recorded.
    """
    guarded = frozenset(methods or ("POST",))

    def decorate(view: View) -> View:
        @wraps(view)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in guarded or sessions.is_confirmed(request, now=timezone.now()):
                return view(request, *args, **kwargs)
            return _ask(request)

        setattr(run, CRITICAL, guarded)
        return run

    return decorate


def prove(*, user: User, password: str = "", code: str = "", ip: str | None, now: datetime) -> bool:
    """Tell whether the code, or the password where the role has no second factor, is right.

    Both outcomes are recorded. Wrong passwords count with those of the login page; LockedError
    beyond the limit.
    """
    if user.role_definition.second_factor:
        passed = second_factor.verify_code(user=user, code=code, now=now, ip=ip) is not None
    else:
        passed = is_password(user=user, password=password, ip=ip, now=now)
    kind = "access.confirmed" if passed else "access.confirmation_failed"
    record(kind=kind, actor=user, subject=("user", user.pk), ip=ip, now=now)
    return passed


def is_password(*, user: User, password: str, ip: str | None, now: datetime) -> bool:
    """Tell whether ``password`` is that of ``user``; wrong ones count like those at the login."""
    tries = attempts.spend(username=user.username, ip=ip, now=now)
    if user.check_password(password):
        attempts.forgive(username=user.username)
        return True
    attempts.record_failure(username=user.username, tries=tries, ip=ip, now=now)
    return False


def _ask(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    facts = {"view": match.view_name if match else "", "method": request.method}
    user: Any = request.user
    record(
        kind="access.confirmation_asked",
        actor=user,
        facts=facts,
        ip=client_ip(request),
        now=timezone.now(),
    )
    back = urlencode({"next": _way_back(request)})
    return go_to(request, f"{reverse('staff:confirm')}?{back}")


def _way_back(request: HttpRequest) -> str:
    """Return the page that was read, or the one from which something was to be done."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    page = urlsplit(request.headers.get("HX-Current-URL") or request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return "/"
    return f"{page.path}?{page.query}" if page.query else page.path
