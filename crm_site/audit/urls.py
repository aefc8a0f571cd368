"""Addresses of the audit page, under ``/audit/``."""

from django.urls import path

from crm_site.audit import views

app_name = "audit"
urlpatterns = [
    path("", views.event_list, name="event-list"),
    path("chain/", views.chain_check, name="chain-check"),
]
