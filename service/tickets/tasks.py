"""Jobs of tickets."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("escalate-silent-transfers")
def escalate_silent_transfers() -> int:
    """Pass offered tickets that nobody answered up to the leads; return how many (SVC-06)."""
    from service.tickets.services.transferring import escalate_silent

    return escalate_silent(now=timezone.now())
