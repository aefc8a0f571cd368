"""Pages of questionnaires, under /questionnaires/."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from crm_site.questionnaires import sheet_views as sheets
from crm_site.questionnaires import views

app_name = "questionnaires"
urlpatterns = [
    path("", views.questionnaire_list, name="questionnaire-list"),
    path("add/", views.questionnaire_add, name="questionnaire-add"),
    path("sheets/<bigid:sheet_id>/", sheets.sheet_detail, name="sheet-detail"),
    path("sheets/<bigid:sheet_id>/fill/", sheets.sheet_fill, name="sheet-fill"),
    path("sheets/<bigid:sheet_id>/discard/", sheets.sheet_discard, name="sheet-discard"),
    path("sheets/<bigid:sheet_id>/photos/<bigid:photo_id>/", sheets.photo, name="photo"),
    path("<slug:questionnaire>/", views.questionnaire_detail, name="questionnaire-detail"),
    path("<slug:questionnaire>/edit/", views.questionnaire_edit, name="questionnaire-edit"),
    path("<slug:questionnaire>/begin/", sheets.sheet_begin, name="sheet-begin"),
]
