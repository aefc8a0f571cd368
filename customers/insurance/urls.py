"""Addresses of repair insurance."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.insurance import views

ONE = "repair-policies/<bigid:repair_policy_id>/"
urlpatterns = [
    path("projects/<bigid:project_id>/insurance/", views.policy_list, name="repair-policies"),
    path("projects/<bigid:project_id>/insurance/add/", views.policy_add, name="repair-policy-add"),
    path(ONE, views.policy_detail, name="repair-policy"),
    path(f"{ONE}edit/", views.policy_edit, name="repair-policy-edit"),
    path(f"{ONE}claims/add/", views.claim_add, name="repair-claim-add"),
    path(
        "repair-claims/<bigid:repair_claim_id>/<slug:step>/",
        views.claim_next,
        name="repair-claim-next",
    ),
]
