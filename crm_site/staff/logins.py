"""Links that let a new account choose its password: good once, for three days (A-19)."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from crm_site.staff.models import User


class LinkTokens(PasswordResetTokenGenerator):
    """Tokens that end with their use, a login, the end of all sessions or of the account (A-08)."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        before = super()._make_hash_value(user, timestamp)
        return f"{before}{user.session_stamp}{user.is_active}"


LINK_TOKENS = LinkTokens()


def password_path(user: User) -> str:
    """Return the path of the one-time page where ``user`` sets a password; ends with its use."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("staff:set-password", args=[uid, LINK_TOKENS.make_token(user)])
