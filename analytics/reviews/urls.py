"""Pages of reviews."""

from django.urls import path
from django.urls.resolvers import URLPattern

from analytics.reviews.views import boards, meetings, reports

ONE = "reviews/reports/<bigid:performance_report_id>/"
MEETING = "reviews/management/<bigid:management_review_id>/"

urlpatterns: list[URLPattern] = [
    path("reviews/", reports.performance_reports, name="performance-reports"),
    path("reviews/reports/open/", reports.performance_report_open, name="performance-report-open"),
    path(ONE, reports.performance_report, name="performance-report"),
    path(f"{ONE}edit/", reports.performance_report_edit, name="performance-report-edit"),
    path(f"{ONE}publish/", reports.performance_report_publish, name="performance-report-publish"),
    path(f"{ONE}pdf/", reports.performance_report_pdf, name="performance-report-pdf"),
    path(
        f"{ONE}figures/<bigid:figure_id>/measure/",
        reports.report_measure_add,
        name="report-measure-add",
    ),
    path("reviews/measures/", reports.measures, name="measures"),
    path("reviews/measures/<bigid:measure_id>/", reports.measure, name="measure"),
    path("reviews/measures/<bigid:measure_id>/edit/", reports.measure_edit, name="measure-edit"),
    path("reviews/management/", meetings.management_reviews, name="management-reviews"),
    path(
        "reviews/management/plan/", meetings.management_review_plan, name="management-review-plan"
    ),
    path(MEETING, meetings.management_review, name="management-review"),
    path(f"{MEETING}edit/", meetings.management_review_edit, name="management-review-edit"),
    path(f"{MEETING}decide/", meetings.review_decision_add, name="review-decision-add"),
    path(f"{MEETING}act/", meetings.review_action_add, name="review-action-add"),
    path(f"{MEETING}close/", meetings.management_review_close, name="management-review-close"),
    path("reviews/filings/", meetings.filings, name="filings"),
    path("reviews/filings/<bigid:filing_id>/", meetings.filing, name="filing"),
    path("reviews/filings/<bigid:filing_id>/comment/", meetings.filing_edit, name="filing-edit"),
    path("reviews/weeks/", boards.weekly_reports, name="weekly-reports"),
    path("reviews/weeks/<bigid:weekly_report_id>/", boards.weekly_report, name="weekly-report"),
    path("reviews/goals/", boards.programme_goals, name="programme-goals"),
    path("reviews/elements/", boards.long_term_elements, name="long-term-elements"),
    path("reviews/maturity/", boards.maturity, name="maturity"),
]
