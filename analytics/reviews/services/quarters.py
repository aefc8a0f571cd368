"""The job of the quarter: figures frozen, the review opened, what is open carried over (ANA-29)."""

from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone

from analytics.reviews.messages import OPENED, keepers
from analytics.reviews.report_models import PerformanceReport
from analytics.reviews.rules.periods import Cycle, Span, finished, quarter_name
from analytics.reviews.services.filings import expect_filings
from analytics.reviews.services.freezing import open_report, region_ids
from crm_site.outbox.services import Outgoing, send_many

OPEN_FOR: Final = timedelta(days=45)  # a quarter older than that is no longer opened by itself


def open_quarter(*, now: datetime) -> int:
    """Open the reports of the quarter that is over, for each region and the company.

    Return how many were opened now; running it again opens none. Regions come first, so that the
    company's report is opened on the same figures.
    """
    today = timezone.localdate(now)
    span = finished(Cycle.QUARTER, today)
    if not is_fresh(span, today):
        return 0
    opened = []
    for region_id in [*region_ids(), None]:
        report, is_new = open_report(
            kind=Cycle.QUARTER.value, span=span, region_id=region_id, actor=None, now=now
        )
        if is_new:
            opened.append(report)
    expect_filings(span=span, now=now)
    send_many([note for report in opened for note in _notes(report, span)], now=now)
    return len(opened)


def is_fresh(span: Span, today: date) -> bool:
    """Return whether a span ended so lately that its report is opened by itself."""
    return today - span.ends_on <= OPEN_FOR


def _notes(report: PerformanceReport, span: Span) -> list[Outgoing]:
    params = {"number": report.number, "quarter": quarter_name(span)}
    return [
        Outgoing(
            OPENED,
            user,
            f"review-opened:{report.pk}:{user.pk}",
            params,
            ("performance-report", report.pk),
        )
        for user in keepers(report.region_id)
    ]
