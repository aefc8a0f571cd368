"""Pages around the customer list: tags and changes of many customers at once."""

from django.urls import path

from customers.views import bulk, tags

patterns = [
    path("customers/bulk/", bulk.bulk_start, name="bulk-start"),
    path("customers/bulk/<bigid:change_id>/", bulk.bulk_detail, name="bulk-detail"),
    path("customers/bulk/<bigid:change_id>/undo/", bulk.bulk_undo, name="bulk-undo"),
    path("customers/bulk/<bigid:change_id>/reasons/", bulk.bulk_reasons, name="bulk-reasons"),
    path("tags/", tags.tag_list, name="tag-list"),
    path("tags/add/", tags.tag_add, name="tag-add"),
    path("tags/<bigid:tag_id>/", tags.tag_edit, name="tag-edit"),
    path("tags/<bigid:tag_id>/retire/", tags.tag_retire, name="tag-retire"),
    path("customers/<bigid:customer_id>/tags/", tags.customer_tags, name="customer-tags"),
    path("customers/<bigid:customer_id>/tags/put/", tags.customer_tag_put, name="customer-tag-put"),
    path(
        "customers/<bigid:customer_id>/tags/<bigid:tag_id>/take/",
        tags.customer_tag_take,
        name="customer-tag-take",
    ),
]
