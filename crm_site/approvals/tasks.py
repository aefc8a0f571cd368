"""Periodic work on approvals."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("expire-approvals")
def expire_approvals() -> int:
    """Close approvals whose time is over; return how many."""
    from crm_site.approvals.services import expire

    return expire(now=timezone.now())
