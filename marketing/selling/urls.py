"""Pages of selling."""

from django.urls import path
from django.urls.resolvers import URLPattern

from marketing.selling.views import interviews, papers, plans, quality, statistics, third_party

PLAN = "sales-plans/<bigid:sales_plan_id>/"
CHECK = "selling-checks/<bigid:selling_check_id>/"
OFFICE = "sales-offices/<bigid:sales_office_id>/"
PROGRAMME = "interviews/<bigid:interview_programme_id>/"
INTERVIEW = "interviews/talks/<bigid:depth_interview_id>/"
RESULTS = "customers/<bigid:customer_id>/third-party/"

urlpatterns: list[URLPattern] = [
    path("sales-plans/", plans.sales_plans, name="sales-plans"),
    path("sales-plans/add/", plans.sales_plan_add, name="sales-plan-add"),
    path(PLAN, plans.sales_plan, name="sales-plan"),
    path(f"{PLAN}edit/", plans.sales_plan_edit, name="sales-plan-edit"),
    path(f"{PLAN}share/", plans.sales_plan_share, name="sales-plan-share"),
    path(f"{PLAN}ask/", plans.sales_plan_ask, name="sales-plan-ask"),
    path(f"{PLAN}adjust/", plans.sales_plan_adjust, name="sales-plan-adjust"),
    path(f"{PLAN}discard/", plans.sales_plan_discard, name="sales-plan-discard"),
    path("sales-statistics/", statistics.sales_statistics, name="sales-statistics"),
    path("sales-statistics/xlsx/", statistics.sales_statistics_xlsx, name="sales-statistics-xlsx"),
    path("sales-papers/", papers.sales_papers, name="sales-papers"),
    path("selling-checks/", quality.selling_checks, name="selling-checks"),
    path("selling-checks/mystery/", quality.mystery_add, name="mystery-add"),
    path(CHECK, quality.selling_check, name="selling-check"),
    path(f"{CHECK}strike/", quality.selling_check_strike, name="selling-check-strike"),
    path("competence/", quality.competence, name="competence"),
    path("competence/own/", quality.own_selling, name="own-selling"),
    path("sales-offices/", quality.sales_offices, name="sales-offices"),
    path("sales-offices/add/", quality.sales_office_add, name="sales-office-add"),
    path(OFFICE, quality.sales_office, name="sales-office"),
    path(f"{OFFICE}edit/", quality.sales_office_edit, name="sales-office-edit"),
    path(RESULTS, third_party.third_party_tab, name="third-party"),
    path(f"{RESULTS}add/", third_party.third_party_add, name="third-party-add"),
    path(
        f"{RESULTS}<bigid:third_party_id>/drop/",
        third_party.third_party_drop,
        name="third-party-drop",
    ),
    path("interviews/", interviews.interview_programmes, name="interview-programmes"),
    path("interviews/add/", interviews.interview_programme_add, name="interview-programme-add"),
    path(PROGRAMME, interviews.interview_programme, name="interview-programme"),
    path(f"{PROGRAMME}edit/", interviews.interview_programme_edit, name="interview-programme-edit"),
    path(f"{PROGRAMME}draw/", interviews.interview_programme_draw, name="interview-programme-draw"),
    path(INTERVIEW, interviews.depth_interview, name="depth-interview"),
    path(f"{INTERVIEW}hold/", interviews.depth_interview_hold, name="depth-interview-hold"),
    path(f"{INTERVIEW}drop/", interviews.depth_interview_drop, name="depth-interview-drop"),
    path(
        f"{INTERVIEW}findings/<bigid:interview_finding_id>/link/",
        interviews.interview_finding_link,
        name="interview-finding-link",
    ),
]
