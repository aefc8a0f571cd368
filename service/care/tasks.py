"""Jobs of care; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-care")
def tend_care() -> dict[str, int]:
    """Start what contract dates call for, take in others' tasks, finish what has its form."""
    from service.care.services.items import finish_filled
    from service.care.services.starting import drop_stopped, mirror_tasks, start_all

    now = timezone.now()
    return {
        "started": start_all(now=now),
        "mirrored": mirror_tasks(),
        "dropped": drop_stopped(now=now),
        "finished": finish_filled(now=now),
    }


@shared_task(ignore_result=True)
@job("call-owners")
def call_owners() -> int:
    """Start the regular calls to owners that are due; return how many (SVC-65)."""
    from service.care.services.regular import call_owners as call

    return call(now=timezone.now())


@shared_task(ignore_result=True)
@job("greet-owners")
def greet_owners() -> dict[str, int]:
    """Greet owners whose day is today; return how many by message and by hand (SVC-83)."""
    from service.care.services.greeting import greet

    return greet(now=timezone.now())
