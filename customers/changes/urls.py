"""Addresses of changes of homes."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.changes import sold_views as sold
from customers.changes import views

ONE = "individual-changes/<bigid:individual_id>/"
urlpatterns = [
    path("purchases/<bigid:purchase_id>/changes/", views.purchase_changes, name="purchase-changes"),
    path("purchases/<bigid:purchase_id>/changes/add/", views.change_add, name="change-add"),
    path(f"{ONE}check/", views.change_check, name="change-check"),
    path(f"{ONE}drawing/", views.change_drawing, name="change-drawing"),
    path(f"{ONE}note/<slug:step>/", views.change_advance, name="change-advance"),
    path("projects/<bigid:project_id>/changes/", sold.home_changes, name="home-changes"),
    path("projects/<bigid:project_id>/changes/add/", sold.home_change_add, name="home-change-add"),
    path("home-changes/<bigid:home_change_id>/", sold.home_change, name="home-change"),
    path(
        "home-changes/<bigid:home_change_id>/tell/", sold.home_change_tell, name="home-change-tell"
    ),
    path(
        "change-notices/<bigid:affected_id>/tell/",
        sold.change_notice_tell,
        name="change-notice-tell",
    ),
    path(
        "change-notices/<bigid:affected_id>/answer/",
        sold.change_notice_answer,
        name="change-notice-answer",
    ),
]
