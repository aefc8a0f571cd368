"""Addresses of the ledger of claims."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.claims import views

urlpatterns = [
    path("projects/<bigid:project_id>/claims/", views.project_claims, name="project-claims"),
    path("projects/<bigid:project_id>/claims/take/", views.claims_take, name="claims-take"),
    path("purchases/<bigid:purchase_id>/claims/", views.purchase_claims, name="purchase-claims"),
]
