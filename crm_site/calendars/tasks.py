"""Periodic work of the calendars."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task
@job("watch-calendar")
def watch_calendar() -> dict[str, str]:
    """Recompute clocks of recently loaded years; report the years that are missing."""
    from crm_site.calendars.services import watch_calendar as watch

    return {"missing_years": ", ".join(str(year) for year in watch(now=timezone.now()))}
