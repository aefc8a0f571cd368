"""Jobs of the desk; safe to run twice (PLT-42)."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("draw-quality-samples")
def draw_quality_samples() -> dict[str, int]:
    """Draw the calls and cases of last month that are looked at (SVC-25)."""
    from service.desk.services.quality import draw_samples

    now = timezone.now()
    last_month = timezone.localdate(now).replace(day=1) - timedelta(days=1)
    return draw_samples(month=last_month.replace(day=1), now=now)
