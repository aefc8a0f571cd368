"""Periodic work on online signatures; safe to run twice or late (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job
from crm_site.common.queueing import queue


@shared_task(ignore_result=True)
@job("tend-signings")
def tend_signings() -> dict[str, int]:
    """Hand contracts to the provider, fetch signed copies, end what ran out (CUS-65)."""
    from customers.signing.services.tending import tend_signings as tend

    return tend(now=timezone.now())


def wake() -> None:
    """Queue the work now; the schedule asks again soon anyway."""
    queue(tend_signings)
