"""Jobs of winback; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-winback")
def tend_winback() -> dict[str, int]:
    """Open, close, call, escalate, judge: everything of win-back that is due."""
    from analytics.winback.services.tending import tend

    return tend(now=timezone.now())
