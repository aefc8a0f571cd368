"""Work calendars and clocks: when a limit ends, in natural or in working time."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarsConfig(AppConfig):
    """The floor's work calendar and the abstract clock."""

    name = "crm_site.calendars"
    label = "calendars"
    verbose_name = _("Work calendars")

    def ready(self) -> None:
        from crm_site.calendars.events import declare_events

        declare_events()
