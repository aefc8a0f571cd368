"""Jobs of knowledge."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-knowledge")
def tend_knowledge() -> int:
    """File new articles and forget old talks of the help page; return how many rows it touched."""
    from service.knowledge.finding import rules_at
    from service.knowledge.services.articles import file_new_documents
    from service.knowledge.services.talking import forget_talks

    now = timezone.now()
    before = now - timedelta(days=rules_at(now).keep_talks_days)
    return file_new_documents() + forget_talks(before=before)


@shared_task(ignore_result=True)
@job("warn-of-expectations")
def warn_of_expectations() -> int:
    """Tell who answers for unmet expectations that the handover is near; return how many."""
    from service.knowledge.expectations import warn_before_handover

    return warn_before_handover(now=timezone.now())
