"""The customer list and the rows it shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_safe

from crm_site.common.display import EMPTY
from crm_site.common.htmx import HtmxHttpRequest, wants_partial
from crm_site.common.pages import Listing, list_page
from crm_site.common.templatetags.crm import grade as grade_mark
from crm_site.common.templatetags.crm import tag
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.filters import CustomerFilter
from customers.masking import phone_for
from customers.models import Customer, Task
from customers.rules.axes import CustomerClass
from customers.rules.derived import Base, base_of
from customers.search import asked_phone
from customers.services.lookups import note_phone_search
from customers.vocabulary import labels

LISTING = Listing(
    template="customers/customer_list.html",
    sorts={
        "created": ("-id",),
        "name": ("sort_key",),
        "last": ("-last_contact_at",),
    },
    default_sort="created",
    filter_class=CustomerFilter,
)
WAN = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class View:
    """A ready-made cut of the list, shown as a tab."""

    key: str
    label: str | Promise
    query: str


VIEWS = {
    "mine": View("mine", gettext_lazy("My customers"), "?view=mine"),
    "all": View("all", gettext_lazy("All customers"), "?view=all"),
    "due": View("due", gettext_lazy("To follow up today"), "?view=due&due=today"),
    "existing": View("existing", gettext_lazy("Existing customers"), "?view=existing&existing=all"),
    "late": View("late", gettext_lazy("Time limit breached"), "?view=late&clock=breached"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One customer as the table prints it: every value ready, so that a cell costs nothing."""

    pk: int
    name: str
    url: str
    grade: str
    class_label: str
    source: str
    project: str
    budget: str
    last: str
    next_text: str
    next_is_late: bool
    phone: str
    owner: str
    is_unreachable: bool
    is_managed_only: bool


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def customer_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the customers the user may see, narrowed by the filters, one page at a time."""
    user = current_user(request)
    holder = _only_holder(request, user)
    if holder is not None:
        return redirect(holder)
    tabs = _tabs(user)
    chosen = request.GET.get("view", "")
    current = chosen if chosen in {tab.key for tab in tabs} else tabs[0].key
    customers = Customer.objects.visible_to(user)
    if current == "mine" and not request.GET.get("q"):
        customers = customers.owned_by(user)
    context = {"tabs": tabs, "current_view": current, "heading": _("Customers")}
    context["can_export"] = user.has_perm("exchange.export_customer")
    return _listing(request, user, customers, context)


def _only_holder(request: HtmxHttpRequest, user: User) -> Customer | None:
    """Return whom a whole phone number means, asked for by itself: the record opens (CUS-82).

    Like any search by phone it is counted and audited.
    """
    asked = request.GET.get("q", "")
    if wants_partial(request) or set(request.GET) != {"q"} or asked_phone(asked.strip()) is None:
        return None
    found = list(Customer.objects.visible_to(user).search(asked)[:2])
    if len(found) != 1:
        return None
    note_phone_search(text=asked, actor=user, now=timezone.now())
    return found[0]


def _listing(
    request: HtmxHttpRequest, user: User, customers: Any, context: dict[str, Any]
) -> HttpResponse:
    now = timezone.now()
    context |= {
        "can_add": user.has_perm("customers.add_customer"),
        "can_import": user.has_perm("exchange.import_customer"),
        "tag_unreachable": tag(_("Unreachable"), "amber"),
        "tag_managed": tag(_("Managed only"), "blue"),
        "label_name": _("Customer"),
        "label_last": _("Last contact"),
        "label_project": _("Project"),
        "label_budget": pgettext("column, in ten thousands of yuan", "Budget (10k)"),
        "label_source": _("Source"),
    }
    return list_page(
        request,
        queryset=customers.for_table(),
        listing=LISTING,
        present=lambda page: build_rows(page, user=user, now=now),
        context=context,
    )


def build_rows(customers: Iterable[Customer], *, user: User, now: datetime) -> list[Row]:
    """Return the printed rows of one page; two queries, whatever the number of rows."""
    found = list(customers)
    tasks = next_tasks([customer.pk for customer in found])
    sources = labels("source")
    classes = dict(Customer._meta.get_field("customer_class").flatchoices)
    class_labels = {key: str(label) for key, label in classes.items()}
    base = reverse("customers:customer-detail", args=[0]).removesuffix("0/")
    return [
        Row(
            pk=customer.pk,
            name=customer.name,
            url=f"{base}{customer.pk}/",
            grade=grade_mark(customer.grading.grade if hasattr(customer, "grading") else None),
            class_label=class_labels[customer.customer_class],
            source=sources.get(customer.source, customer.source),
            project=customer.project.name if customer.project else EMPTY,
            budget=budget(customer),
            last=short_day(customer.last_contact_at, now),
            next_text=_next_text(tasks.get(customer.pk), now),
            next_is_late=customer.pk in tasks and tasks[customer.pk].due_at < now,
            phone=phone_for(user, customer),
            owner=customer.owner.name if customer.owner else EMPTY,
            is_unreachable=customer.is_unreachable,
            is_managed_only=_base(customer) is Base.MANAGED_ONLY,
        )
        for customer in found
    ]


def _base(customer: Customer) -> Base | None:
    return base_of(CustomerClass(customer.customer_class), customer.managed_estate)


def next_tasks(customer_ids: list[int]) -> dict[int, Task]:
    """Return each customer's open task that is due first; one query."""
    tasks = (
        Task.objects.open()
        .filter(customer_id__in=customer_ids)
        .order_by("customer_id", "due_at")
        .distinct("customer_id")
        .only("id", "customer_id", "title", "due_at")
    )
    return {task.customer_id: task for task in tasks if task.customer_id}


def budget(customer: Customer) -> str:
    """Return the budget in units of ten thousand yuan as the column head says: 350–380."""
    ends = [f"{value / WAN:.0f}" for value in (customer.budget_min, customer.budget_max) if value]
    return "–".join(dict.fromkeys(ends)) or EMPTY


def short_day(moment: datetime | None, now: datetime) -> str:
    """Return MM-dd within this year, else the whole date; ``--`` for none (local time)."""
    if moment is None:
        return EMPTY
    local = timezone.localtime(moment)
    return f"{local:%m-%d}" if local.year == timezone.localtime(now).year else f"{local:%Y-%m-%d}"


def _next_text(task: Task | None, now: datetime) -> str:
    if task is None:
        return EMPTY
    local = timezone.localtime(task.due_at)
    if local.date() == timezone.localtime(now).date():
        return _("%(title)s, today %(time)s") % {"title": task.title, "time": f"{local:%H:%M}"}
    return f"{task.title} {short_day(task.due_at, now)}"


def _tabs(user: User) -> list[View]:
    own = ["mine"] if user.role == "consultant" else []
    return [VIEWS[key] for key in (*own, "all", "due", "late", "existing")]
