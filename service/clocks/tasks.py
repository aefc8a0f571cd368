"""Jobs of clocks; each may run twice or late without harm (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("sweep-ticket-clocks")
def sweep_ticket_clocks() -> dict[str, int]:
    """Remind and escalate what is due now on tickets; return what was done."""
    from service.clocks.services.sweeping import sweep_ticket_clocks as sweep

    done = sweep(now=timezone.now())
    return {"clocks": done.clocks, "effects": done.effects, "messages": done.messages}


@shared_task(ignore_result=True)
@job("watch-repair-responses")
def watch_repair_responses() -> int:
    """Tell those in charge where repairs are answered slowly; return how many new alerts."""
    from service.clocks.services.alerting import watch_responses

    return watch_responses(now=timezone.now())
