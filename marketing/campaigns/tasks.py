"""Jobs of campaigns; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-campaigns")
def tend_campaigns() -> dict[str, int]:
    """End campaigns past their last day and tell of late reviews."""
    from marketing.campaigns.services.running import tend

    return tend(now=timezone.now())
