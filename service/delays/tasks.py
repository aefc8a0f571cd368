"""Jobs of delays; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("watch-delays")
def watch_delays() -> dict[str, int]:
    """Compare what is expected with what was promised; return alerts raised and risks closed."""
    from service.delays.services.watching import watch_delays

    return watch_delays(now=timezone.now())
