"""Jobs of surveys; safe to run twice or late (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-surveys")
def tend_surveys() -> dict[str, int]:
    """Ask after visits and events, remind who did not answer; return how many of each."""
    from service.surveys.services.inviting import remind_silent
    from service.surveys.services.triggers import sweep_events, sweep_visits

    now = timezone.now()
    return {
        "visits": sweep_visits(now=now),
        "events": sweep_events(now=now),
        "reminded": remind_silent(now=now),
    }


@shared_task(ignore_result=True)
@job("watch-satisfaction")
def watch_satisfaction() -> dict[str, int]:
    """Plan the yearly survey, alert where a month fell, make the sheets of the sales service."""
    from service.surveys.services.monitoring import make_sheets, plan_year, watch_drops

    now = timezone.now()
    return {
        "planned": int(plan_year(now=now) is not None),
        "alerts": watch_drops(now=now),
        "sheets": make_sheets(now=now),
    }
