"""Jobs of repairs."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("learn-from-defects")
def learn_from_defects() -> int:
    """Find which groups of defects come back beyond chance; return how many lessons stand."""
    from service.repairs.learning import learn

    return learn(now=timezone.now())
