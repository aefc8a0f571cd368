"""Pages of the import wizard."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from crm_site.exchange import more_views, views

app_name = "exchange"
urlpatterns = [
    path("", views.import_start, name="import-start"),
    path("<bigid:job_id>/", views.import_detail, name="import-detail"),
    path("<bigid:job_id>/check/", views.import_check, name="import-check"),
    path("<bigid:job_id>/progress/", views.import_progress, name="import-progress"),
    path("<bigid:job_id>/cancel/", views.import_cancel, name="import-cancel"),
    path("<bigid:job_id>/resume/", views.import_resume, name="import-resume"),
    path("<bigid:job_id>/rows/", more_views.import_rows, name="import-rows"),
    path("<bigid:job_id>/rows/<int:number>/", more_views.import_row, name="import-row"),
    path("<bigid:job_id>/revert/", more_views.import_revert, name="import-revert"),
    path("<bigid:job_id>/kept/", more_views.import_kept, name="import-kept"),
    path("<bigid:job_id>/errors.<slug:kind>", views.import_errors, name="import-errors"),
]
