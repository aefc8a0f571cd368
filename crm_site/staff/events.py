"""What the audit trail says about people, their accounts and their logins."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import ALARMS, declare

SPRAYED = "login.sprayed"
KINDS = {
    "staff.node_created": _("Place in the organisation created"),
    "staff.user_created": _("Account created"),
    "staff.role_changed": _("Role changed"),
    "staff.user_moved": _("Place of work changed"),
    "staff.user_deactivated": _("Account deactivated"),
    "staff.user_reactivated": _("Account reactivated"),
    "staff.password_set": _("Password set"),
    "staff.second_factor_enrolled": _("Second factor set up"),
    "staff.second_factor_reset": _("Second factor removed"),
    "staff.roles_synced": _("Role table applied"),
    "login.succeeded": _("Signed in"),
    "login.failed": _("Sign-in failed"),
    "login.locked": _("Sign-in locked"),
    "login.second_factor_passed": _("Second factor accepted"),
    "login.second_factor_failed": _("Second factor refused"),
    "login.ended": _("Signed out"),
    SPRAYED: _("One address tries many accounts"),
    "access.confirmation_asked": _("Asked to confirm who it is before a critical act"),
    "access.confirmed": _("Confirmed who it is"),
    "access.confirmation_failed": _("Could not confirm who it is"),
}


def declare_events() -> None:
    """Declare every kind of this app."""
    for kind, label in KINDS.items():
        declare(kind, label)
    ALARMS.add(SPRAYED)
