"""Addresses of the frame; included at the root without a namespace."""

from django.urls import path

from crm_site.common import views

urlpatterns = [
    path("session/", views.keep_session, name="keep-session"),
    path("preferences/", views.preferences, name="preferences"),
]
