"""Jobs of segments; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("find-opportunities")
def find_opportunities() -> dict[str, int]:
    """Open the opportunities that the rules see with existing customers (CUS-75, CUS-76)."""
    from marketing.segments.services.finding import find_opportunities as find

    return {"opened": find(now=timezone.now())}


@shared_task(ignore_result=True)
@job("remind-of-interests")
def remind_of_interests() -> dict[str, int]:
    """Give a task for each investor whose next interest is to be spoken of (CUS-57)."""
    from marketing.segments.services.caring import remind_of_interests as remind

    return {"tasks": remind(now=timezone.now())}
