"""What scoring tells the other parts: events, marks, places."""

from django.utils.translation import gettext_lazy as _

from analytics.scoring.services.activating import ACTIVATED, ROLLED_BACK
from crm_site.audit.events import declare

EVENTS = {
    ACTIVATED: _("Score model put into use"),
    ROLLED_BACK: _("Went back to the score model before"),
}


def register() -> None:
    """Make everything of this package known; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
