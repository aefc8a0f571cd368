"""Periodic work on accounts."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task
@job("forget-tries")
def forget_tries() -> dict[str, int]:
    """Delete old counts of wrong passwords; return how many."""
    from crm_site.staff.attempts import forget_old

    return {"deleted": forget_old(now=timezone.now())}
