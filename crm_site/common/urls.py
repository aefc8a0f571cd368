"""Addresses of the frame; included at the root; only pages have the namespace ``common``."""

from django.urls import include, path

from crm_site.common import converters, search_page, view_pages, views  # noqa: F401 -- makes <bigid:> known

system = [path("health/", views.system_health, name="health")]

urlpatterns = [
    path("healthz", views.alive, name="alive"),
    path("readyz", views.ready, name="ready"),
    path("system/", include((system, "common"))),
    path("session/", views.keep_session, name="keep-session"),
    path("views/<slug:list_key>/", view_pages.view_list, name="saved-views"),
    path("views/<slug:list_key>/add/", view_pages.view_add, name="view-add"),
    path("views/<slug:list_key>/columns/", view_pages.view_columns, name="view-columns"),
    path("views/<bigid:view_id>/save/", view_pages.view_save, name="view-save"),
    path("views/<bigid:view_id>/change/", view_pages.view_change, name="view-change"),
    path("views/<bigid:view_id>/delete/", view_pages.view_delete, name="view-delete"),
    path("views/<bigid:view_id>/default/", view_pages.view_default, name="view-default"),
    path("search/", search_page.search, name="search"),
    path("preferences/", views.preferences, name="preferences"),
]
