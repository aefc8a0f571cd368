"""Sessions of signed-in people, without their passwords."""

from django.conf import settings
from django.test import Client as Browser
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.plugins.otp_totp.models import TOTPDevice

from crm_site.staff.models import User


def our_session(user: User) -> dict[str, str]:
    """Return the cookie of a session at the product, with the second factor where it is needed."""
    browser = Browser()
    browser.force_login(user, backend="crm_site.staff.backends.RoleBackend")
    if user.role_definition.second_factor:
        session = browser.session
        session[DEVICE_ID_SESSION_KEY] = TOTPDevice.objects.get(user=user).persistent_id
        session.save()
    name = settings.SESSION_COOKIE_NAME
    return {name: browser.cookies[name].value}
