"""What the audit trail says about the official work calendar."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import ALARMS, declare

YEAR_LOADED: Final = "calendar.year_loaded"
YEAR_MISSING: Final = "calendar.year_missing"


def declare_events() -> None:
    """Allow the events of this app; a missing year is one that must not be overlooked."""
    declare(YEAR_LOADED, _("Official calendar year loaded"))
    declare(YEAR_MISSING, _("Official calendar year missing, due times are provisional"))
    ALARMS.add(YEAR_MISSING)
