"""Pages of controlled documents, under /documents/."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from crm_site.documents import views

app_name = "documents"
urlpatterns = [
    path("", views.document_list, name="document-list"),
    path("add/", views.document_kinds, name="document-kinds"),
    path("add/<slug:document_kind>/", views.document_add, name="document-add"),
    path("<bigid:document_id>/", views.document_detail, name="document-detail"),
    path("<bigid:document_id>/edit/", views.document_edit, name="document-edit"),
    path("<bigid:document_id>/submit/", views.document_submit, name="document-submit"),
    path("<bigid:document_id>/discard/", views.document_discard, name="document-discard"),
    path("<bigid:document_id>/acknowledge/", views.document_read, name="document-acknowledge"),
    path("<bigid:document_id>/versions/<int:version>/", views.document_version, name="version"),
    path("<bigid:document_id>/versions/<int:version>/file/", views.version_file, name="file"),
]
