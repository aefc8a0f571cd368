"""Jobs of dashboards; safe to run twice or late (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job

SECONDS = 150.0  # no further dashboard is begun after


@shared_task(ignore_result=True)
@job("send-dashboards")
def send_dashboards() -> dict[str, int]:
    """Send the dashboards that are due and remove old files; return how many of each."""
    from analytics.dashboards.services.sending import forget_old, send_due

    now = timezone.now()
    return send_due(now=now) | {"forgotten": forget_old(now=now)}


@shared_task(ignore_result=True)
@job("read-dashboards")
def read_dashboards() -> dict[str, int]:
    """Read anew what people looked at within the hour, before what is kept of it is too old."""
    from analytics.dashboards.services.reading_ahead import read_ahead

    return {"boards": read_ahead(now=timezone.now(), seconds=SECONDS)}
