"""Pages of exports, under /exports/."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from crm_site.exchange import export_views as views

app_name = "exports"
urlpatterns = [
    path("", views.export_list, name="export-list"),
    path("new/<slug:list_key>/", views.export_start, name="export-start"),
    path("<bigid:export_id>/", views.export_detail, name="export-detail"),
    path("<bigid:export_id>/change/", views.export_change, name="export-change"),
    path("<bigid:export_id>/progress/", views.export_progress, name="export-progress"),
    path("<bigid:export_id>/file/", views.export_file, name="export-file"),
]
