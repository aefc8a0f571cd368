"""The page that asks again who one is, before a critical act (A-17)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from crm_site.common.addresses import client_ip
from crm_site.staff import sessions
from crm_site.staff.confirmation import prove
from crm_site.staff.current import current_user
from crm_site.staff.forms import CodeForm, PasswordForm
from crm_site.staff.views.login import UNPROCESSABLE, next_url


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the code, or for the password where the role has no second factor, and go back."""
    user, now = current_user(request), timezone.now()
    by_code = user.role_definition.second_factor
    form = (CodeForm if by_code else PasswordForm)(request.POST or None)
    if form.is_bound and form.is_valid():
        if prove(user=user, ip=client_ip(request), now=now, **form.cleaned_data):
            sessions.confirm(request, now=now)
            return redirect(next_url(request, user))
        wrong = (
            _("This code is not right, or was used before. Wait for the next one.")
            if by_code
            else _("The password is not right.")
        )
        form.add_error("code" if by_code else "password", wrong)
    context = {"form": form, "next": next_url(request, user)}
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "staff/confirm.html", context, status=status)
