"""Jobs of messaging; each may run twice, late or be killed without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("work-batches")
def work_batches() -> dict[str, int]:
    """Write what launched batches still lack, settle what left, end what is over."""
    from marketing.messaging.services.batches import work_batches as work

    return work(now=timezone.now())


@shared_task(ignore_result=True)
@job("walk-flows")
def walk_flows() -> dict[str, int]:
    """Note answers, let flows begin, take every run as far as it gets."""
    from marketing.messaging.services.flows import walk
    from marketing.messaging.services.replies import read_replies, stop_answered
    from marketing.messaging.services.starting import start_runs

    now = timezone.now()
    counts = {"replies": read_replies(now=now), "answered": stop_answered(now=now)}
    return counts | {"started": start_runs(now=now), "moved": walk(now=now)}
