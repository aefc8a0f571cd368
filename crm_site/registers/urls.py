"""Pages of all registers, under /registers/."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from crm_site.registers import views

app_name = "registers"
urlpatterns = [
    path("", views.register_list, name="register-list"),
    path("entries/<bigid:entry_id>/", views.entry_detail, name="entry-detail"),
    path("entries/<bigid:entry_id>/edit/", views.entry_edit, name="entry-edit"),
    path("entries/<bigid:entry_id>/close/", views.entry_close, name="entry-close"),
    path("entries/<bigid:entry_id>/review/", views.entry_review, name="entry-review"),
    path("<slug:register>/", views.entry_list, name="entry-list"),
    path("<slug:register>/add/", views.entry_add, name="entry-add"),
]
