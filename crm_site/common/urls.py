"""Addresses of the frame; included at the root; only pages have the namespace ``common``."""

from django.urls import include, path

from crm_site.common import views

system = [path("health/", views.system_health, name="health")]

urlpatterns = [
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
    path("system/", include((system, "common"))),
    path("session/", views.keep_session, name="keep-session"),
    path("preferences/", views.preferences, name="preferences"),
]
