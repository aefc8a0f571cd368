"""Periodic work on documents."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("watch-documents")
def watch_documents() -> int:
    """Ask who has yet to read what counts, tell holders what runs out; return the notices."""
    from crm_site.documents.services.telling import watch

    return watch(now=timezone.now())
