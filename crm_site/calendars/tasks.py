"""Periodic work of the calendars."""

from celery import shared_task
from django.utils import timezone


@shared_task
def watch_calendar() -> list[int]:
    """Recompute clocks of recently loaded years; return and log the years that are missing."""
    from crm_site.calendars.services import watch_calendar as watch

    return watch(now=timezone.now())
