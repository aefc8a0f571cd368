"""What speaking to customers tells the floor below: policies, audit events, tabs."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from customers import consent_policy

EVENTS = {
    "consent.given": _("Consent given"),
    "consent.withdrawn": _("Consent withdrawn"),
    "consent.channel_refused": _("Channel refused by the customer"),
    "consent.channel_allowed": _("Channel allowed again"),
}


def register() -> None:
    """Declare events, policies and tabs; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    consent_policy.register()
