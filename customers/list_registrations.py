"""What the list, its tags, views and bulk changes tell the floor below."""

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.navigation import register_entry
from crm_site.common.saved_views import register_list
from crm_site.common.subjects import Subject, register_subject
from customers import bulk_policy, global_search
from customers.models import Tag

EVENTS = {
    "tag.saved": _("Tag saved"),
    "tag.retired": _("Tag taken out of use"),
    "customer.tagged": _("Tag put on a customer"),
    "customer.untagged": _("Tag taken off a customer"),
    "customers.bulk_changed": _("Many customers changed at once"),
    "customers.bulk_undone": _("Change of many customers taken back"),
}


def register() -> None:
    """Declare events, subjects and the places in the navigation; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    from customers.views.customer_list import VIEWED

    bulk_policy.register()
    global_search.register()
    register_subject(
        Subject(
            kind="tag",
            model="customers.Tag",
            visible_to=lambda user: (
                Tag.objects.all()
                if user.has_perm("customers.view_customer")
                else Tag.objects.none()
            ),
            title=str,
        )
    )
    register_list(VIEWED)
    register_entry(
        "tags",
        "customers:tag-list",
        _("Tags"),
        "tag",
        29,
        "customers.edit_tags",
        parent="customers",
    )
