"""The way in and out: password, second factor, own password."""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout, views
from django.contrib.auth.decorators import login_not_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as remember_device
from django_otp.middleware import is_verified
from django_otp.plugins.otp_totp.models import TOTPDevice

from crm_site.audit.services import record
from crm_site.common.addresses import client_ip
from crm_site.staff import attempts, passwords, second_factor, sessions
from crm_site.staff.current import current_user
from crm_site.staff.forms import CodeForm
from crm_site.staff.logins import LINK_TOKENS
from crm_site.staff.middleware import open_before_second_factor
from crm_site.staff.models import User
from crm_site.staff.services import end_sessions

UNPROCESSABLE = 422
KEY_OFFERED = "second_factor_key"


def home_url(user: User) -> str:
    """Return where the role of ``user`` begins its day."""
    try:
        return reverse(user.role_definition.home)
    except NoReverseMatch:
        return "/"


@method_decorator([sensitive_post_parameters(), never_cache], name="dispatch")
class LoginView(views.LoginView):
    """Signs in by password; says the same for an unknown name and a wrong password (A-15)."""

    redirect_authenticated_user = True
    tries = 0

    def get_default_redirect_url(self) -> str:
        return home_url(current_user(self.request))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the try before anything is looked at; 429 while the account is locked (A-14)."""
        username, ip = request.POST.get("username", ""), client_ip(request)
        if username.strip():
            self.tries = attempts.spend(username=username, ip=ip, now=timezone.now())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        now, ip = timezone.now(), client_ip(self.request)
        sessions.start(self.request, now=now)
        sessions.confirm(self.request, now=now)
        user = current_user(self.request)
        sessions.keep_password_due(self.request, passwords.due_at(user, now=now))
        attempts.forgive(username=user.username)
        record(kind="login.succeeded", actor=user, subject=("user", user.pk), ip=ip, now=now)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        attempts.record_failure(
            username=form.data.get("username", ""),
            tries=self.tries,
            ip=client_ip(self.request),
            now=timezone.now(),
        )
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)


@open_before_second_factor
@login_not_required
@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server, so that a copied cookie opens nothing."""
    if request.user.is_authenticated:
        user = current_user(request)
        now, ip = timezone.now(), client_ip(request)
        record(kind="login.ended", actor=user, subject=("user", user.pk), ip=ip, now=now)
    logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@open_before_second_factor
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def give_second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or let the device be set up where there is none yet."""
    user = current_user(request)
    if not user.role_definition.second_factor or is_verified(user):
        return redirect(next_url(request, user))
    device = second_factor.confirmed_device(user)
    form = CodeForm(request.POST or None)
    if form.is_bound and form.is_valid():
        found = _check(request, user, form.cleaned_data["code"], known=device)
        if found is not None:
            return _pass(request, found, user)
        form.add_error("code", _refusal(device))
    return _ask(request, user, form, known=device)


def _check(
    request: HttpRequest, user: User, code: str, *, known: TOTPDevice | None
) -> TOTPDevice | None:
    now, ip = timezone.now(), client_ip(request)
    if known is not None:
        return second_factor.verify_code(user=user, code=code, now=now, ip=ip)
    key = request.session.get(KEY_OFFERED)
    if not key:
        return None
    return second_factor.enrol(user=user, key=key, code=code, now=now, ip=ip)


def _pass(request: HttpRequest, device: TOTPDevice, user: User) -> HttpResponse:
    target = next_url(request, user)
    request.session.pop(KEY_OFFERED, None)
    request.session.cycle_key()
    sessions.confirm(request, now=timezone.now())
    remember_device(request, device)
    return HttpResponseRedirect(target)


def _ask(
    request: HttpRequest, user: User, form: CodeForm, *, known: TOTPDevice | None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "next": next_url(request, user)}
    if known is None:
        key = request.session.setdefault(KEY_OFFERED, second_factor.new_key())
        context |= {
            "picture": second_factor.qr_picture(user, key),
            "secret": second_factor.secret_text(key),
        }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "staff/second_factor.html", context, status=status)


def _refusal(device: TOTPDevice | None) -> str:
    if device is not None:
        device.refresh_from_db()
        if not device.verify_is_allowed()[0]:
            return _("This code is not right. Wait a few seconds, then enter the next code.")
    return _("This code is not right. Enter the code that the app shows now.")


def next_url(request: HttpRequest, user: User) -> str:
    """Return the path on this site that was asked for, else where the role begins its day."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else home_url(user)


class SetPasswordView(views.PasswordResetConfirmView):
    """Lets the holder of a one-time link choose a password; old sessions and tokens end."""

    template_name = "staff/set_password.html"
    success_url = reverse_lazy("login")
    token_generator = LINK_TOKENS

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        end_sessions(user=form.user)
        attempts.forgive(username=form.user.username)
        _record_set(self.request, form.user)
        return response


class ChangePasswordView(views.PasswordChangeView):
    """Lets a signed-in person change the password; other sessions and tokens end."""

    template_name = "staff/change_password.html"
    tries = 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        is_due = sessions.owes_password(self.request, now=timezone.now())
        target = next_url(self.request, current_user(self.request))
        return super().get_context_data(is_due=is_due, next=target, **kwargs)

    def get_success_url(self) -> str:
        return next_url(self.request, current_user(self.request))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Count the try of the old password like one at the login page (A-14)."""
        name, ip = current_user(request).username, client_ip(request)
        self.tries = attempts.spend(username=name, ip=ip, now=timezone.now())
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        user, now = current_user(self.request), timezone.now()
        attempts.forgive(username=user.username)
        end_sessions(user=user)
        response = super().form_valid(form)  # type: ignore[arg-type]
        sessions.keep_password_due(self.request, passwords.due_at(user, now=now))
        sessions.confirm(self.request, now=now)
        _record_set(self.request, user)
        return response

    def form_invalid(self, form: Any) -> HttpResponse:
        name, ip = current_user(self.request).username, client_ip(self.request)
        if form.has_error("old_password"):
            attempts.record_failure(username=name, tries=self.tries, ip=ip, now=timezone.now())
        else:
            attempts.forgive(username=name)
        return self.render_to_response(self.get_context_data(form=form), status=UNPROCESSABLE)


def _record_set(request: HttpRequest, user: User) -> None:
    now, ip = timezone.now(), client_ip(request)
    record(kind="staff.password_set", actor=user, subject=("user", user.pk), ip=ip, now=now)
