"""Jobs of planning; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("watch-planning")
def watch_planning() -> dict[str, int]:
    """Alert of a late annual plan, certificates near their end, market knowledge too old."""
    from marketing.planning.services.watching import watch

    return watch(now=timezone.now())
