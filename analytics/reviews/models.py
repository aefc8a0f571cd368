"""Tables of reviews."""

from analytics.reviews.meeting_models import (
    Filing,
    ManagementReview,
    ReviewDecision,
    WeeklyReport,
)
from analytics.reviews.report_models import (
    Measure,
    PerformanceReport,
    ReportFigure,
    ReportMeasure,
    ReportPaper,
)

__all__ = [
    "Filing",
    "ManagementReview",
    "Measure",
    "PerformanceReport",
    "ReportFigure",
    "ReportMeasure",
    "ReportPaper",
    "ReviewDecision",
    "WeeklyReport",
]
