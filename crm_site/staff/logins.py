"""What is recorded of failed logins, and links that let a new account choose its password."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from crm_site.audit.services import record
from crm_site.staff.models import User


def record_failed_login(
    *, username: str, failures: int | None, ip: str | None, now: datetime
) -> None:
    """Record a refused login, and the lock when this was the failure that caused it.

    What was typed is not kept: people type passwords into the wrong field.
    """
    user = User.objects.filter(username=username).first()
    subject = ("user", user.pk) if user else None
    record(kind="login.failed", actor=None, subject=subject, ip=ip, now=now)
    if failures == settings.AXES_FAILURE_LIMIT:
        record(kind="login.locked", actor=None, subject=subject, ip=ip, now=now)


def password_path(user: User) -> str:
    """Return the path of the one-time page where ``user`` sets a password; ends with its use."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("staff:set-password", args=[uid, default_token_generator.make_token(user)])
