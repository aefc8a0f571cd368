"""Addresses of delays."""

from django.urls import URLPattern, path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from service.delays import views

RISK = "delays/<bigid:delay_risk_id>/"
urlpatterns: list[URLPattern] = [
    path("delays/", views.delay_list, name="delay-list"),
    path(RISK, views.delay_risk, name="delay-risk"),
    path(f"{RISK}homes/", views.delay_homes, name="delay-homes"),
    path(f"{RISK}notice/", views.delay_notice, name="delay-notice"),
    path("delays/terms/<bigid:delay_term_id>/", views.delay_term, name="delay-term"),
]
