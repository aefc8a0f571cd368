"""Jobs of groups; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from crm_site.common.jobs import job

LOST = (OperationalError, InterfaceError)


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
def link_new_ticket(ticket_id: int) -> None:
    """Put a complaint that just came in with those about the same matter (BEY-07)."""
    from service.groups.services.linking import link_ticket

    link_ticket(ticket_id, now=timezone.now())


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
def regroup_project(project_id: int) -> None:
    """Group the open complaints of a project anew, after an import."""
    from service.groups.services.regrouping import regroup

    regroup(project_id, now=timezone.now())


@shared_task(ignore_result=True)
@job("regroup-complaints")
def regroup_complaints() -> int:
    """Group the open complaints of every project anew; return how many suggestions stand."""
    from service.groups.services.regrouping import regroup_all

    return regroup_all(now=timezone.now())


@shared_task(ignore_result=True)
@job("link-complaints")
def link_complaints() -> int:
    """Link complaints whose message to a worker was lost; return how many."""
    from service.groups.services.linking import link_left

    return link_left(now=timezone.now())
