"""Guards around signed-in people: limits of a session, second factor, record of refusals."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.addresses import client_ip
from crm_site.common.problems import is_api, problem
from crm_site.staff.sessions import end_if_over, owes_password, touch

GetResponse = Callable[[HttpRequest], HttpResponse]
View = Callable[..., HttpResponse]
OPEN = "open_before_second_factor"
CHANGE = "password_change"


def open_before_second_factor(view: View) -> View:
    """Let a view be used between password and second factor."""
    setattr(view, OPEN, True)
    return view


class SessionLimitsMiddleware:
    """Ends sessions that were idle too long or are too old; polling is no use (A-16)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and end_if_over(request, now=timezone.now()):
            logout(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Count the request as use, unless a script asks by itself."""
        match = request.resolver_match
        polling = match is not None and match.view_name in settings.SESSION_POLLING_VIEWS
        if request.user.is_authenticated and not polling:
            touch(request, now=timezone.now())
        return None


class SecondFactorMiddleware:
    """Keeps every page shut for roles with a second factor until it was given (A-17)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return the way to the second factor, None where none is owed."""
        user: Any = request.user
        if not user.is_authenticated or not user.role_definition.second_factor:
            return None
        if user.is_verified() or getattr(view, OPEN, False):
            return None
        if is_api(request):
            return problem(
                403, _("You may not do this"), _("Sign in with your second factor first.")
            )
        if not getattr(view, "login_required", True):
            return None
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse('staff:second-factor')}?{back}")


class PasswordAgeMiddleware:
    """Keeps every page shut but that of the new password once the old one is too old (A-18)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: View, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Return the way to the new password, None where none is owed."""
        if not request.user.is_authenticated or not owes_password(request, now=timezone.now()):
            return None
        match = request.resolver_match
        is_way_out = getattr(view, OPEN, False) or (match is not None and match.view_name == CHANGE)
        if is_way_out:
            return None
        if is_api(request):
            detail = _("Your password is too old. Sign in on the page and choose a new one.")
            return problem(403, _("You may not do this"), detail, code="password-expired")
        if not getattr(view, "login_required", True):
            return None
        back = urlencode({"next": request.get_full_path()})
        return HttpResponseRedirect(f"{reverse(CHANGE)}?{back}")


class RefusalRecordMiddleware:
    """Records every refusal that a signed-in person meets (A-06): which view, which keys."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user: Any = getattr(request, "user", None)
        if response.status_code == 403 and user is not None and user.is_authenticated:
            match = request.resolver_match
            keys = match.kwargs if match else {}
            record(
                kind="access.refused",
                actor=user,
                facts={
                    "view": match.view_name if match else "",
                    "method": request.method,
                    "keys": {k: v for k, v in keys.items() if isinstance(v, int)},
                },
                ip=client_ip(request),
                now=timezone.now(),
            )
        return response
