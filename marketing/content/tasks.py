"""Jobs of content; each may run twice or late without harm."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("refresh-public-feeds")
def refresh_public_feeds() -> int:
    """Bring the public feeds in line with the sales offices; return how many changed (MKT-40)."""
    from marketing.content.services.feeds import refresh_all

    return refresh_all(now=timezone.now())


@shared_task(ignore_result=True)
@job("end-lapsed-stories")
def end_lapsed_stories() -> int:
    """Take down stories whose consent is over or taken back; return how many (MKT-26)."""
    from marketing.content.services.stories import end_lapsed

    return end_lapsed(now=timezone.now())
