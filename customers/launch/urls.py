"""Addresses of the checks and the team of a launch."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.launch import views

ONE = "projects/<bigid:project_id>/launch/"
urlpatterns = [
    path(f"{ONE}risk/", views.launch_check, {"check": "risk"}, name="launch-risk"),
    path(f"{ONE}comfort/", views.launch_check, {"check": "comfort"}, name="launch-comfort"),
    path(f"{ONE}team/", views.launch_team, name="launch-team"),
    path(f"{ONE}briefings/add/", views.briefing_add, name="briefing-add"),
    path(f"{ONE}team/<bigid:user_id>/assign/", views.seller_assign, name="seller-assign"),
    path(f"{ONE}team/<bigid:user_id>/release/", views.seller_release, name="seller-release"),
]
