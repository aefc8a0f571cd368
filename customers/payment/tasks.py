"""Periodic work on payments and mortgages; safe to run twice or late (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("remind-payments")
def remind_payments() -> dict[str, int]:
    """Call up instalments and mortgages; return how many of each (CUS-69, CUS-70)."""
    from customers.payment.services.mortgages import remind_mortgages
    from customers.payment.services.reminding import remind_payments as remind

    now = timezone.now()
    return {"instalments": remind(now=now), "mortgages": remind_mortgages(now=now)}
