"""Browsers of people who have just signed in by the login page."""

from django.conf import settings
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from crm_site.staff import sessions
from crm_site.staff.models import User


def sign_in(client: Client, user: User) -> Client:
    """Sign ``user`` in, second factor included, as one who proved it this moment."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[-1])
    session = client.session
    session[sessions.CONFIRMED] = timezone.now().timestamp()
    if user.role_definition.second_factor:
        device, _ = TOTPDevice.objects.get_or_create(user=user, name="default", confirmed=True)
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()
    return client
