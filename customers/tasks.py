"""Periodic work on leads, tasks and grades; each may run twice or late without harm (PLT-42).

Late acknowledgement, rejection of what a dead worker held, and time limits far below the broker's
visibility timeout are set for all tasks in the settings (A-51, A-52).
"""

from typing import Any

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("sweep-reminders")
def sweep_reminders() -> dict[str, int]:
    """Remind and escalate whatever is due now; return what was done."""
    from customers.services.reminders import sweep_clocks, sweep_tasks

    now = timezone.now()
    done = sweep_clocks(now=now) + sweep_tasks(now=now)
    return {"subjects": done.subjects, "effects": done.effects, "messages": done.messages}


@shared_task(ignore_result=True)
@job("assign-unowned")
def assign_unowned() -> int:
    """Give customers without an owner to consultants; return how many (CUS-49)."""
    from customers.services.sharing_out import assign_unowned as assign

    return assign(now=timezone.now())


@shared_task(ignore_result=True)
@job("recycle-silent")
def recycle_silent() -> dict[str, int]:
    """Warn of silent customers and let fall those warned of the day before (CUS-52)."""
    from customers.services.recycling import recycle_silent as recycle

    done = recycle(now=timezone.now())
    return {"warned": done.warned, "fell": done.fell}


@shared_task(ignore_result=True)
@job("watch-workload")
def watch_workload() -> int:
    """Tell managers of neglected prospects; return how many consultants it is about (CUS-51)."""
    from customers.services.neglect import watch_neglect

    return watch_neglect(now=timezone.now())


@shared_task(ignore_result=True)
@job("regrade-customers")
def regrade_customers() -> dict[str, int]:
    """Grade every customer anew, once per night (CUS-11)."""
    from customers.services.grading import run_nightly_regrade

    done = run_nightly_regrade(now=timezone.now())
    return {"scored": done.scored, "written": done.written, "changed": done.changed}


@shared_task(ignore_result=True)
@job("refresh-standing")
def refresh_standing() -> dict[str, int]:
    """Bring activity, high value and the classes that follow up to date (CUS-09, CUS-26)."""
    from customers.services.standing import refresh_standing as refresh

    done = refresh(now=timezone.now())
    return {"written": done.written, "raised": done.raised, "lowered": done.lowered}


@shared_task(bind=True, ignore_result=True, max_retries=10)
def grade_customers(self: Any, customer_ids: list[int]) -> int:
    """Grade these customers after a change; wait while a run over everybody is under way."""
    from customers.services.grading import RegradeBusyError
    from customers.services.grading import regrade_customers as regrade

    try:
        return regrade(customer_ids=customer_ids, now=timezone.now()).written
    except RegradeBusyError as error:
        raise self.retry(countdown=60, exc=error) from error
