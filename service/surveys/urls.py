"""Addresses of surveys."""

from django.urls import URLPattern, path

from service.surveys import overview_views as overview
from service.surveys import phone_views as phone
from service.surveys import plan_views as plans
from service.surveys import views

ONE = "surveys/<bigid:survey_id>/"
REPORT = "satisfaction/reports/<bigid:satisfaction_report_id>/"

urlpatterns: list[URLPattern] = [
    path("s/<str:token>/", phone.survey_answer, name="survey-answer"),
    path("surveys/", views.survey_list, name="survey-list"),
    path("surveys/add/", views.survey_add, name="survey-add"),
    path(ONE, views.survey_detail, name="survey-detail"),
    path(f"{ONE}edit/", views.survey_edit, name="survey-edit"),
    path(f"{ONE}preview/", views.survey_preview, name="survey-preview"),
    path(f"{ONE}open/", views.survey_open, name="survey-open"),
    path(f"{ONE}close/", views.survey_close, name="survey-close"),
    path(f"{ONE}answers/", views.survey_answers, name="survey-answers"),
    path(f"{ONE}plan/", plans.survey_plan, name="survey-plan"),
    path(f"{ONE}plan/<bigid:improvement_id>/", plans.improvement_item, name="improvement-item"),
    path("satisfaction/", overview.satisfaction, name="satisfaction"),
    path("satisfaction/answers/", overview.satisfaction_answers, name="satisfaction-answers"),
    path("satisfaction/sales/", overview.satisfaction_sales, name="satisfaction-sales"),
    path("satisfaction/reports/", plans.satisfaction_reports, name="satisfaction-reports"),
    path(
        "satisfaction/reports/add/", plans.satisfaction_report_add, name="satisfaction-report-add"
    ),
    path(REPORT, plans.satisfaction_report, name="satisfaction-report"),
    path(f"{REPORT}pdf/", plans.satisfaction_report_pdf, name="satisfaction-report-pdf"),
]
