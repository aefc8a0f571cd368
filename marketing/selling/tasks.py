"""Jobs of selling; safe to run twice or late (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-selling")
def tend_selling() -> dict[str, int]:
    """Draw talks to check, plan tests anew, delete results of third parties whose time is over."""
    from marketing.selling.services.checking import draw_checks, plan_retests
    from marketing.selling.services.third_party import forget_results

    now = timezone.now()
    return {
        "drawn": draw_checks(now=now),
        "retests": plan_retests(now=now),
        "forgotten": forget_results(now=now),
    }
