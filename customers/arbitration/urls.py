"""Addresses of claims."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.arbitration import views

CASE = "claims/<bigid:case_id>/"
urlpatterns = [
    path("claims/", views.claim_list, name="claim-list"),
    path("claims/add/", views.claim_report, name="claim-report"),
    path(CASE, views.claim_detail, name="claim-detail"),
    path(f"{CASE}event/", views.claim_event, name="claim-event"),
    path(f"{CASE}judge/", views.claim_judge, name="claim-judge"),
    path(f"{CASE}decide/", views.claim_decide, name="claim-decide"),
]
