"""What the global search finds among customers, leads, tasks and pages (B3)."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.navigation import pages_for
from crm_site.common.search_groups import Hit, register_search_group
from crm_site.staff.models import User
from customers.masking import phone_for
from customers.models import Customer, Lead, Task
from customers.rules.search import name_tokens
from customers.services.lookups import note_phone_search

VIEW = "customers.view_customer"


def find_customers(user: User, text: str, limit: int) -> list[Hit]:
    """Return customers by name, pinyin or phone; a phone number is counted and audited (A-24)."""
    if not user.has_perm(VIEW):
        return []
    note_phone_search(text=text, actor=user, now=timezone.now())
    rows = _customers(user, text).for_table().order_by("sort_key", "pk")[:limit]
    return [
        Hit(
            row.name,
            row.get_absolute_url(),
            " · ".join(part for part in (phone_for(user, row), _owner(row)) if part),
        )
        for row in rows
    ]


def find_leads(user: User, text: str, limit: int) -> list[Hit]:
    """Return open leads of the customers that are found."""
    if not user.has_perm(VIEW):
        return []
    named = _customers(user, text).values("pk")
    rows = Lead.objects.visible_to(user).open().filter(customer__in=named)
    leads = rows.select_related("customer", "project").order_by("-received_at")[:limit]
    return [
        Hit(
            lead.customer.name,
            reverse("customers:lead-detail", args=[lead.pk]),
            " · ".join(
                [str(lead.get_state_display()), *([lead.project.name] if lead.project else [])]
            ),
        )
        for lead in leads
    ]


def find_tasks(user: User, text: str, limit: int) -> list[Hit]:
    """Return one's own open tasks with the text in their title; they lead to the customer."""
    if not user.has_perm("customers.work_tasks"):
        return []
    rows = Task.objects.open().filter(owner=user, title__icontains=text, customer__isnull=False)
    tasks = rows.select_related("customer").order_by("due_at")[:limit]
    return [
        Hit(task.title, task.customer.get_absolute_url(), task.customer.name)
        for task in tasks
        if task.customer
    ]


def find_pages(user: User, text: str, limit: int) -> list[Hit]:
    """Return pages of the navigation by part of their name or by pinyin initials."""
    asked = text.lower()
    return [Hit(label, url) for label, url in pages_for(user) if _names(str(label), asked)][:limit]


def _names(label: str, asked: str) -> bool:
    return asked in label.lower() or any(
        token.strip().startswith(asked) for token in name_tokens(label) if token[:1] == " "
    )


def _customers(user: User, text: str) -> Any:
    return Customer.objects.visible_to(user).search(text)


def _owner(row: Customer) -> str:
    return row.owner.name if row.owner else ""


def register() -> None:
    """Offer the groups; safe to call again."""
    register_search_group("customers", _("Customers"), find_customers)
    register_search_group("leads", _("Leads"), find_leads)
    register_search_group("tasks", _("Tasks"), find_tasks)
    register_search_group("pages", _("Pages"), find_pages)
