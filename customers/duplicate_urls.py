"""Pages of duplicates, merges, ties and field histories."""

from django.urls import path

from crm_site.common import converters  # noqa: F401 -- makes <bigid:> known
from customers.views import duplicate_warning, duplicates, relations

RECORD = "customers/<bigid:customer_id>"
urlpatterns = [
    path("customers/known/", duplicate_warning.customer_known, name="customer-known"),
    path("duplicates/", duplicates.duplicate_list, name="duplicate-list"),
    path("duplicates/<bigid:suggestion_id>/", duplicates.duplicate_detail, name="duplicate-detail"),
    path(
        "duplicates/<bigid:suggestion_id>/merge/",
        duplicates.duplicate_merge,
        name="duplicate-merge",
    ),
    path(
        "duplicates/<bigid:suggestion_id>/different/",
        duplicates.duplicate_different,
        name="duplicate-different",
    ),
    path("merges/<bigid:merge_id>/", duplicates.merge_detail, name="merge-detail"),
    path("merges/<bigid:merge_id>/undo/", duplicates.merge_undo, name="merge-undo"),
    path(f"{RECORD}/history/", duplicates.field_history, name="field-history"),
    path(f"{RECORD}/relations/", relations.relation_list, name="relation-list"),
    path(
        f"{RECORD}/relations/<bigid:relation_id>/remove/",
        relations.relation_remove,
        name="relation-remove",
    ),
]
