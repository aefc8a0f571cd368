"""Jobs of tickets."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("escalate-silent-transfers")
def escalate_silent_transfers() -> int:
    """Pass offered tickets that nobody answered up to the leads; return how many (SVC-06)."""
    from service.tickets.services.transferring import escalate_silent

    return escalate_silent(now=timezone.now())


@shared_task(ignore_result=True)
@job("remind-late-work")
def remind_late_work() -> int:
    """Tell who is late with sub-tasks and directives, each once; return how many are late."""
    from service.tickets.services.reminding import remind_late

    return remind_late(now=timezone.now())


@shared_task(ignore_result=True)
@job("report-callbacks")
def report_callbacks() -> int:
    """Send the callbacks of the month that ended to those who lead; return to how many."""
    from service.tickets.services.reporting import report_month

    return report_month(now=timezone.now())


@shared_task(ignore_result=True)
@job("take-up-questions")
def take_up_open_questions() -> int:
    """Open inquiries for questions nobody answered in groups; return how many (MKT-36)."""
    from service.tickets.services.questions import take_up_questions

    return take_up_questions(now=timezone.now())
