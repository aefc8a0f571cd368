"""One record of each kind of reviews, for the tests of access."""

from datetime import date
from typing import Any

from django.utils import timezone

from analytics.reviews.meeting_models import Filing, ManagementReview, WeeklyReport
from analytics.reviews.report_models import (
    Measure,
    PerformanceReport,
    ReportFigure,
    ReportMeasure,
    ReportPaper,
)
from crm_site.common.files import PDF, Taken
from customers.models import Customer

START, END = date(2026, 1, 1), date(2026, 3, 31)


def reviews_of(customer: Customer, people: dict[str, Any], _made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    now, region, chief = timezone.now(), customer.region_id, people["executive"]
    report = PerformanceReport.objects.create(
        number="JX2026-900",
        kind="quarter",
        region_id=region,
        starts_on=START,
        ends_on=END,
        state="published",
        frozen_at=now,
        published_at=now,
        published_by=chief,
    )
    figure = ReportFigure.objects.create(
        report=report,
        block="satisfaction",
        kpi="csat",
        label="满意度",
        group="satisfaction",
        unit="points",
        good="up",
        value=5,
        target=8,
        light="red",
    )
    ReportPaper.objects.create(report=report, facts={}, **Taken("r.pdf", PDF, b"%PDF-1").values())
    measure = Measure.objects.create(
        report=report,
        region_id=region,
        kpi="csat",
        cause="等候过久",
        what="增派人手",
        owner=chief,
        due_on=date(2030, 1, 1),
        first_due_on=date(2030, 1, 1),
        created_by=chief,
    )
    ReportMeasure.objects.create(report=report, measure=measure, is_carried=False)
    review = ManagementReview.objects.create(kind="mid_year", year=2026, region_id=region)
    filing = Filing.objects.create(
        region_id=region, starts_on=START, ends_on=END, due_on=date(2026, 4, 15)
    )
    week = WeeklyReport.objects.create(week_on=date(2026, 5, 11), made_at=now, lines=[])
    return {
        "performance_report_id": report.pk,
        "figure_id": figure.pk,
        "measure_id": measure.pk,
        "management_review_id": review.pk,
        "filing_id": filing.pk,
        "weekly_report_id": week.pk,
    }
