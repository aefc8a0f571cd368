"""The roles in words, for forms and lists."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ROLE_LABELS: dict[str, str | Promise] = {
    "consultant": _("Sales consultant"),
    "supervisor": _("Sales supervisor"),
    "marketing": _("Marketing"),
    "channel": _("Channel manager"),
    "agent": _("Call-centre agent"),
    "specialist": _("Customer specialist"),
    "service_manager": _("Customer relations centre"),
    "engineering": _("Engineering"),
    "finance": _("Finance"),
    "executive": _("Executive"),
    "head_office": _("Head office"),
    "sysadmin": _("System administrator"),
    "secadmin": _("Security administrator"),
    "auditor": _("Auditor"),
    "privacy": _("Privacy officer"),
    "design": _("Design"),
    "procurement": _("Cost and procurement"),
    "property_centre": _("Property centre"),
    "hr": _("Human resources"),
    "legal": _("Legal"),
    "partner": _("Channel partner"),
    "customer": _("Customer"),
}


def role_label(key: str) -> str:
    """Return the role's name in the active language."""
    return str(ROLE_LABELS.get(key, key))
