"""Jobs of reviews; safe to run twice or late (PLT-42)."""

from celery import shared_task
from django.utils import timezone

from crm_site.common.jobs import job


@shared_task(ignore_result=True)
@job("tend-reviews")
def tend_reviews() -> dict[str, int]:
    """Open the quarter that is over, plan management reviews, remind; return how many of each."""
    from analytics.reviews.services.filings import remind_filings
    from analytics.reviews.services.meetings import plan_due_reviews
    from analytics.reviews.services.quarters import open_quarter
    from analytics.reviews.services.weekly import remind_measures

    now = timezone.now()
    return {
        "opened": open_quarter(now=now),
        "planned": plan_due_reviews(now=now),
        "filings": remind_filings(now=now),
        "measures": remind_measures(now=now),
    }


@shared_task(ignore_result=True)
@job("make-weekly-report")
def make_weekly_report() -> dict[str, int]:
    """Make the execution report of the week that is over; return how many lines it has."""
    from analytics.reviews.services.weekly import make_weekly

    row = make_weekly(now=timezone.now())
    return {"lines": len(row.lines) if row else 0}
