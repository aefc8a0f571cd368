"""The second factor of roles that need one: time-based codes, each accepted once (A-17)."""

from base64 import b32encode
from binascii import unhexlify
from datetime import datetime
from urllib.parse import quote, urlencode

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.db import transaction
from django_otp.plugins.otp_totp.models import TOTPDevice
from django_otp.util import random_hex

from crm_site.audit.services import record
from crm_site.staff.models import User
from crm_site.staff.services import end_sessions

KEY_BYTES = 20


def confirmed_device(user: User) -> TOTPDevice | None:
    """Return the device ``user`` signs in with, None while none is set up."""
    found: TOTPDevice | None = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return found


@transaction.atomic
def verify_code(
    *, user: User, code: str, now: datetime, ip: str | None = None
) -> TOTPDevice | None:
    """Return the device if ``code`` is right and was not used before, else None.

    Wrong codes make the device wait, twice as long each time; both outcomes are recorded.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=True).first()
    passed = device is not None and device.verify_token(code)
    kind = "login.second_factor_passed" if passed else "login.second_factor_failed"
    record(kind=kind, actor=user, subject=("user", user.pk), now=now, ip=ip)
    return device if passed else None


@transaction.atomic
def enrol(
    *, user: User, key: str, code: str, now: datetime, ip: str | None = None
) -> TOTPDevice | None:
    """Set up the device with the hex ``key`` if ``code`` proves that it is in use; else None."""
    User.objects.select_for_update().get(pk=user.pk)
    if confirmed_device(user) is not None:
        return None
    device = TOTPDevice.objects.create(user=user, name="default", key=key, confirmed=True)
    if not device.verify_token(code):
        device.delete()
        return None
    record(
        kind="staff.second_factor_enrolled", actor=user, subject=("user", user.pk), now=now, ip=ip
    )
    return device


@transaction.atomic
def give_second_factor(*, user: User) -> str:
    """Set up a device for ``user`` and return its secret (base 32), for demo accounts."""
    device = TOTPDevice.objects.create(user=user, name="default", confirmed=True)
    return secret_text(device.key)


@transaction.atomic
def reset_second_factor(*, user: User, actor: User, now: datetime, reason: str = "") -> bool:
    """Remove the device of ``user``, who sets up a new one at the next login; end all sessions."""
    deleted, _by_model = TOTPDevice.objects.filter(user=user).delete()
    if not deleted:
        return False
    end_sessions(user=user)
    record(
        kind="staff.second_factor_reset",
        actor=actor,
        subject=("user", user.pk),
        reason=reason,
        now=now,
    )
    return True


def new_key() -> str:
    """Return a fresh secret in hex."""
    return str(random_hex(KEY_BYTES))


def secret_text(key: str) -> str:
    """Return the secret as people type it into an authenticator (base 32)."""
    return b32encode(unhexlify(key)).decode()


def qr_picture(user: User, key: str) -> str:
    """Return the set-up code for authenticator apps as an SVG data URI."""
    issuer = settings.OTP_TOTP_ISSUER
    label = quote(f"{issuer}:{user.get_username()}")
    query = urlencode({"secret": secret_text(key), "issuer": issuer}, quote_via=quote)
    picture = qrcode.make(
        f"otpauth://totp/{label}?{query}", image_factory=qrcode.image.svg.SvgPathImage
    )
    return f"data:image/svg+xml,{quote(picture.to_string(encoding='unicode'))}"
