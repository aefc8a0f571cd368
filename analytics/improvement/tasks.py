"""Jobs of improvement; safe to run twice or late (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-improvement")
def tend_improvement() -> dict[str, int]:
    """Tell of improvement items that are late; return how many there are."""
    from analytics.improvement.services.reminding import tell_late_items

    return {"late": tell_late_items(now=timezone.now())}
