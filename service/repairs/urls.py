"""Addresses of repairs."""

from django.urls import URLPattern, path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from service.repairs import charge_views, contractor_views, learning_views, upkeep_views, views

REPAIR = "repairs/<bigid:repair_id>/"
UPKEEP = "estates/<bigid:upkeep_id>/"
CONTRACTOR = "contractors/<bigid:contractor_id>/"
urlpatterns: list[URLPattern] = [
    path("repairs/", views.repair_list, name="repair-list"),
    path("repairs/add/", views.repair_add, name="repair-add"),
    path("repairs/charges/", charge_views.charge_list, name="charge-list"),
    path("repairs/charges/<bigid:charge_id>/", charge_views.charge_move, name="charge-move"),
    path("repairs/photos/<bigid:repair_photo_id>/", views.repair_photo, name="repair-photo"),
    path("repairs/learning/", learning_views.learning_page, name="learning"),
    path("repairs/learning/rows/", learning_views.learning_rows, name="learning-rows"),
    path("repairs/learning/ask/", learning_views.improvement_ask, name="improvement-ask"),
    path(
        "repairs/lessons/<bigid:project_id>/",
        learning_views.project_lessons,
        name="project-lessons",
    ),
    path(
        "repairs/lessons/<bigid:project_id>/deal/", learning_views.lesson_deal, name="lesson-deal"
    ),
    path(REPAIR, views.repair_detail, name="repair-detail"),
    path(f"{REPAIR}charge/", charge_views.charge_add, name="charge-add"),
    *(
        path(f"{REPAIR}{act}/", views.repair_act, {"act": act}, name=f"repair-{act}")
        for act in views.ACTS
    ),
    path("contractors/", contractor_views.contractor_list, name="contractor-list"),
    path("contractors/add/", contractor_views.contractor_add, name="contractor-add"),
    path("contractors/built/", contractor_views.built_list, name="built-list"),
    path("contractors/built/<bigid:project_id>/", contractor_views.built_by, name="built-by"),
    path(CONTRACTOR, contractor_views.contractor_detail, name="contractor-detail"),
    path(f"{CONTRACTOR}edit/", contractor_views.contractor_edit, name="contractor-edit"),
    path(
        f"{CONTRACTOR}jobs/<slug:measure>/",
        contractor_views.contractor_jobs,
        name="contractor-jobs",
    ),
    path("estates/", upkeep_views.upkeep_list, name="upkeep-list"),
    path("estates/add/", upkeep_views.upkeep_add, name="upkeep-add"),
    path(UPKEEP, upkeep_views.upkeep_plan, name="upkeep-plan"),
    path(f"{UPKEEP}edit/", upkeep_views.upkeep_edit, name="upkeep-edit"),
    path(f"{UPKEEP}add/", upkeep_views.upkeep_item_add, name="upkeep-item-add"),
    path(
        "estates/items/<bigid:upkeep_item_id>/",
        upkeep_views.upkeep_item_edit,
        name="upkeep-item-edit",
    ),
]
