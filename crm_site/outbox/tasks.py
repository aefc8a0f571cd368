"""Periodic delivery of waiting messages."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job
from crm_site.common.queueing import queue


@shared_task
@job("deliver-messages")
def deliver_messages() -> int:
    """Deliver what is due now; return how many messages went out."""
    from crm_site.outbox.delivery import deliver_due

    return deliver_due(now=timezone.now()).sent


def wake_delivery() -> None:
    """Queue a delivery now; the schedule asks again soon anyway."""
    queue(deliver_messages)
