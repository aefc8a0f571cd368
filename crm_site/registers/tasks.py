"""Periodic work on registers; safe to run twice or late (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("sweep-registers")
def sweep_registers() -> int:
    """Remind of what is due and report what was missed; return the steps taken."""
    from crm_site.registers.services.reminders import sweep

    return sweep(now=timezone.now())
