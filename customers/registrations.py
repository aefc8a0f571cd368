"""What the customers app tells the floor below: subjects and audit events."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from crm_site.audit.events import declare
from crm_site.common.subjects import Subject, register_subject
from customers.models import Customer, Lead, Task

EVENTS = {
    "customer.viewed": _("Customer viewed"),
    "customer.created": _("Customer recorded"),
    "customer.captured_again": _("Customer captured again"),
    "customer.changed": _("Customer changed"),
    "customer.duplicate_asked": _("Asked whether a number is known"),
    "customer.searched_by_phone": _("Customers searched by phone number"),
    "customer.phone_revealed": _("Phone number shown"),
    "customer.assigned": _("Customer assigned"),
    "customer.taken": _("Customer taken from the pool"),
    "customer.returned": _("Customer returned to the pool"),
    "customers.shared_out": _("Customers shared out"),
    "customer.class_changed": _("Class changed"),
    "customer.stage_changed": _("Buying stage changed"),
    "customer.phase_changed": _("Lifecycle phase changed"),
    "customers.class_changed": _("Classes changed by the test of value"),
    "stratum.saved": _("Stratum saved"),
    "stratum.deleted": _("Stratum deleted"),
    "lead.moved": _("Lead moved"),
    "lead.closed": _("Enquiry closed"),
}


def register() -> None:
    """Declare subjects and events; safe to call again."""
    for kind, label in EVENTS.items():
        declare(kind, label)
    register_subject(
        Subject(
            kind="customer",
            model="customers.Customer",
            visible_to=lambda user: Customer.objects.visible_to(user),
            title=str,
            url_name="customers:customer-detail",
            label=_("Customer"),
        )
    )
    register_subject(
        Subject(
            kind="lead",
            model="customers.Lead",
            visible_to=lambda user: Lead.objects.visible_to(user).select_related("customer"),
            title=_lead_title,
        )
    )
    register_subject(
        Subject(
            kind="task",
            model="customers.Task",
            visible_to=lambda user: Task.objects.visible_to(user),
            title=str,
        )
    )


def _lead_title(lead: Any) -> str:
    return f"{lead.customer.name} · {lead.project_id or ''}"
