"""Periodic work on leads, tasks and grades; each may run twice or late without harm (PLT-42).

Late acknowledgement, rejection of what a dead worker held, and time limits far below the broker's
visibility timeout are set for all tasks in the settings (A-51, A-52).
"""

from datetime import timedelta
from typing import Any

from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from crm_site.common.jobs import job

TURN = timedelta(minutes=3)  # well below the time limit of a task
# Seconds of writing, after half a minute of reading a million customers; the rest is a new task.
WRITING = 150.0
LOST = (OperationalError, InterfaceError)


@shared_task(ignore_result=True)
@job("sweep-reminders")
def sweep_reminders() -> dict[str, int]:
    """Remind and escalate whatever is due now, of no refused contact; return what was done."""
    from customers.services.contact_stop import stop_refused
    from customers.services.reminders import sweep_clocks, sweep_tasks

    now = timezone.now()
    stopped = stop_refused(now=now)
    done = sweep_clocks(now=now) + sweep_tasks(now=now)
    counts = {"subjects": done.subjects, "effects": done.effects, "messages": done.messages}
    return counts | ({"stopped": stopped} if stopped else {})


@shared_task(ignore_result=True)
@job("assign-unowned")
def assign_unowned() -> int:
    """Give customers without an owner to consultants; return how many (CUS-49)."""
    from customers.services.sharing_out import assign_unowned as assign

    return assign(now=timezone.now())


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
@job("recycle-silent")
def recycle_silent() -> dict[str, int]:
    """Warn of silent customers and let fall those warned of the day before (CUS-52)."""
    from customers.services.recycling import recycle_silent as recycle

    done = recycle(now=timezone.now(), seconds=WRITING)
    if not done.is_finished:
        recycle_silent.delay()
    return {"warned": done.warned, "fell": done.fell}


@shared_task(ignore_result=True)
@job("watch-workload")
def watch_workload() -> int:
    """Tell managers of neglected prospects; return how many consultants it is about (CUS-51)."""
    from customers.services.neglect import watch_neglect

    return watch_neglect(now=timezone.now())


@shared_task(autoretry_for=LOST, retry_backoff=2, max_retries=6)
def run_bulk(change_id: int) -> None:
    """Work on a change of many customers for some minutes, then hand on to a new task."""
    from customers.services.bulk import run

    if run(change_id=change_id, clock=timezone.now, until=timezone.now() + TURN):
        run_bulk.delay(change_id)


@shared_task(ignore_result=True)
@job("resume-bulk")
def resume_bulk() -> int:
    """Send changes of many customers whose worker fell silent to a new one; return how many."""
    from customers.services.bulk import resume_silent

    return resume_silent(now=timezone.now())


@shared_task(ignore_result=True)
@job("apply-tag-rules")
def apply_tag_rules() -> dict[str, int]:
    """Put rule tags on the customers they mean now and take them off the others (CUS-16)."""
    from customers.services.tags import apply_rules

    done = apply_rules(now=timezone.now())
    return {"added": done.added, "removed": done.removed, "skipped": done.skipped}


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
@job("regrade-customers")
def regrade_customers() -> dict[str, int]:
    """Grade every customer anew, once per night (CUS-11); what is left goes to a new task."""
    from customers.services.grading import run_nightly_regrade

    done = run_nightly_regrade(now=timezone.now(), seconds=WRITING)
    if not done.is_finished:
        regrade_customers.delay()
    return {"scored": done.scored, "written": done.written, "changed": done.changed}


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
@job("refresh-standing")
def refresh_standing() -> dict[str, int]:
    """Bring activity, high value and the classes that follow up to date (CUS-09, CUS-26)."""
    from customers.services.standing import refresh_standing as refresh

    done = refresh(now=timezone.now(), seconds=WRITING)
    if not done.is_finished:
        refresh_standing.delay()
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


@shared_task(ignore_result=True, autoretry_for=LOST, retry_backoff=2, max_retries=6)
@job("find-duplicates")
def find_duplicates(older: int = 0, newer: int = 0) -> dict[str, int]:
    """Propose pairs of records that may be one person; return what was done (BEY-01).

    Begins behind the pair given; what is left after some minutes goes to a new task.
    """
    from customers.services.duplicates import find_duplicates as find

    done = find(now=timezone.now(), after=(older, newer), seconds=WRITING)
    if done.reached is not None:
        find_duplicates.delay(*done.reached)
    return {
        "compared": done.compared,
        "proposed": done.proposed,
        "dropped": done.dropped,
        "merged": done.merged,
    }


@shared_task(ignore_result=True)
@job("announce-news")
def announce_news() -> int:
    """Write the messages about fresh news; return how many (CUS-45)."""
    from customers.services.news import announce

    return announce(now=timezone.now())


@shared_task(ignore_result=True)
@job("sweep-playbooks")
def sweep_playbooks() -> int:
    """Make the due tasks of playbooks at work; return the runs looked at (CUS-24)."""
    from customers.services.playbook_templates import ensure_some
    from customers.services.playbooks import sweep_playbooks as sweep

    ensure_some()
    return sweep(now=timezone.now())


@shared_task(ignore_result=True)
@job("make-visits")
def make_visits() -> int:
    """Make the visits of upkeep plans for the next thirty days; return how many (CUS-55)."""
    from customers.services.upkeep import make_visits as make

    return make(now=timezone.now())


@shared_task(ignore_result=True)
@job("watch-meetings")
def watch_meetings() -> int:
    """Mark meetings without a result as missed and tell of it; return how many (CUS-55)."""
    from customers.services.upkeep import mark_missed

    return mark_missed(now=timezone.now())


@shared_task(ignore_result=True)
@job("expire-holds")
def expire_holds() -> int:
    """End holds and pre-subscriptions whose time is over; return how many (MKT-56)."""
    from customers.purchase.services.holding import expire_holds as expire

    return expire(now=timezone.now())


@shared_task(ignore_result=True)
@job("settle-prices")
def settle_prices() -> dict[str, int]:
    """Make the tasks of letters that lists in force broke, close discounts whose time is over.

    Return how many of each (MKT-46, MKT-50).
    """
    from customers.pricing.services.discounts import expire_discounts
    from customers.pricing.services.letters import settle_lists

    now = timezone.now()
    return {"broken": settle_lists(now=now), "expired": expire_discounts(now=now)}


@shared_task(ignore_result=True)
@job("call-delivery-groups")
def call_delivery_groups() -> int:
    """Call the risk groups of handovers three months ahead; return how many (SVC-79)."""
    from customers.handover.services.groups import call_groups

    return call_groups(now=timezone.now())


@shared_task(ignore_result=True)
@job("send-delivery-notices")
def send_delivery_notices() -> dict[str, int]:
    """Write the handover notices that are due, tell what keeps others back (SVC-81)."""
    from customers.handover.services.notices import send_due_notices

    return send_due_notices(now=timezone.now())


@shared_task(ignore_result=True)
@job("warn-of-certificates")
def warn_of_certificates() -> int:
    """Tell who keeps a project of certificates about to run out; return how many (MKT-61)."""
    from customers.property.expiring import warn_of_certificates as warn

    return warn(now=timezone.now())


@shared_task(ignore_result=True)
@job("watch-viewings")
def watch_viewings() -> dict[str, int]:
    """Remind of viewings to come and mark those nobody came to; return how many (CUS-61)."""
    from customers.journey.viewings import watch_viewings as watch

    return watch(now=timezone.now())


@shared_task(ignore_result=True)
@job("plan-launch-checks")
def plan_launch_checks() -> int:
    """Make the tasks of checks before launches; return how many are new (SVC-69, SVC-70)."""
    from customers.launch.planning import plan_all

    return plan_all(now=timezone.now())
