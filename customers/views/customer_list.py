"""The customer list and the rows it shows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.db.models import Value
from django.db.models.functions import Concat
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm_site.common.display import EMPTY, relative_day
from crm_site.common.htmx import HtmxHttpRequest, wants_partial
from crm_site.common.models import SavedView
from crm_site.common.pages import Listing, list_page
from crm_site.common.saved_views import COLUMNS as COLUMNS_KEY
from crm_site.common.saved_views import (
    PROMOTE,
    ViewedList,
    address,
    allowed_columns,
    kept_query,
    views_for,
)
from crm_site.common.templatetags.crm import grade as grade_mark
from crm_site.common.templatetags.crm import tag
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers import choices
from customers.bulk_forms import FORMS, LABELS
from customers.filters import CustomerFilter
from customers.list_columns import COLUMNS, USUAL, fill_row, reads_of, row_mould
from customers.masking import phone_for
from customers.models import Customer, CustomerStanding
from customers.rules.axes import CustomerClass
from customers.rules.derived import Base, base_of
from customers.search import asked_phone
from customers.selectors.listed import cut
from customers.selectors.neighbours import SORTS, kept_place
from customers.selectors.next_steps import NextStep, next_steps
from customers.selectors.project_scope import within_scope
from customers.selectors.tags import tags_of
from customers.services.bulk import RIGHT, may
from customers.services.lookups import note_phone_search
from customers.services.tags import rule_from, rule_query
from customers.vocabulary import labels

LISTING = Listing(
    template="customers/customer_list.html",
    sorts=SORTS,
    default_sort="created",
    filter_class=CustomerFilter,
)
# Names that are found lie side by side in the order of names: to walk its index until fifty of them
# have come is to walk most of it. So what was searched for is sorted after it was found.
FOUND = replace(LISTING, sorts={**SORTS, "name": ("place_of_name",)})
WAN = Decimal(10_000)
LIST_KEY = "customers"
VIEWED = ViewedList(
    key=LIST_KEY,
    url_name="customers:customer-list",
    label=gettext_lazy("Customers"),
    permission="customers.view_customer",
    columns={key: column.label for key, column in COLUMNS.items()},
    usual=USUAL,
)
STAGES = dict(choices.BUYING_STAGES)
PHASES = dict(choices.PHASES)


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


@dataclass(slots=True)
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
    stage: str | Promise = ""
    phase: str | Promise = ""
    activity: str = EMPTY
    tags: Sequence[str] = ()
    html: SafeString = field(default_factory=SafeString)


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def customer_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the customers the user may see, narrowed by the filters, one page at a time."""
    user = current_user(request)
    holder = _only_holder(request, user)
    if holder is not None:
        return redirect(holder)
    views = views_for(user, LIST_KEY)
    first = next((view for view in views if view.is_default), None)
    if first is not None and not request.GET and not request.htmx:
        return redirect(address(VIEWED, first))
    tabs = _tabs(user)
    chosen = request.GET.get("view", "")
    view = next((view for view in views if chosen == f"v{view.pk}"), None)
    current = chosen if view or chosen in {tab.key for tab in tabs} else tabs[0].key
    wanted = request.GET.get(COLUMNS_KEY, "").split(",")
    keys = allowed_columns(VIEWED, wanted if any(wanted) else view.columns if view else [])
    context = {
        "tabs": tabs + [View(f"v{one.pk}", one.name, address(VIEWED, one)) for one in views],
        "current_view": current,
        "heading": _("Customers"),
        "can_export": user.has_perm("exchange.export_customer"),
    }
    context |= _own_view(request, user, view, keys)
    return _listing(request, user, keys, context)


def _own_view(
    request: HtmxHttpRequest, user: User, view: SavedView | None, keys: list[str]
) -> dict[str, Any]:
    """Return what the page needs to keep the list as it stands."""
    kept = kept_query(request.GET)
    same = view is not None and kept == view.query and keys == (view.columns or list(USUAL))
    may_save = view is not None and view.owner_id == user.pk and not same
    order = {key: place for place, key in enumerate(keys, start=1)}
    offered = sorted(COLUMNS.items(), key=lambda pair: order.get(pair[0], len(COLUMNS)))
    return {
        "is_dirty": view is not None and not same,
        "save_url": reverse("view-save", args=[view.pk]) if view and may_save else "",
        "query": request.GET.urlencode(),
        "column_keys": ",".join(keys),
        "column_choices": tuple((key, column.label, order.get(key, "")) for key, column in offered),
        "may_promote": user.has_perm(PROMOTE),
        "rule_url": _rule_url(request, user),
    }


def _rule_url(request: HtmxHttpRequest, user: User) -> str:
    """Return where the filters become the rule of a tag; empty without the right or filters."""
    rule = rule_from(request.GET)
    if not rule or not user.has_perm("customers.edit_tags"):
        return ""
    asked = request.GET.get("for_tag", "")
    is_key = asked.isascii() and asked.isdigit() and len(asked) < 19
    url = reverse("customers:tag-edit", args=[asked]) if is_key else reverse("customers:tag-add")
    return f"{url}?{rule_query(rule).urlencode()}"


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
    request: HtmxHttpRequest, user: User, keys: list[str], context: dict[str, Any]
) -> HttpResponse:
    now, query = timezone.now(), within_scope(request)
    context |= {
        "can_add": user.has_perm("customers.add_customer"),
        "can_import": user.has_perm("exchange.import_customer"),
        "label_name": _("Customer"),
        "columns": [COLUMNS[key] for key in keys],
        "bulk_actions": tuple((key, LABELS[key]) for key in FORMS if may(user, key)),
        "may_change": user.has_perm(RIGHT),
        "meant": query.urlencode(),
    }
    customers = cut(user, query).for_table(*reads_of(keys))
    is_search = bool(query.get("q", "").strip())
    if is_search:
        customers = customers.annotate(place_of_name=Concat("sort_key", Value("")))
    return list_page(
        request,
        queryset=customers,
        listing=FOUND if is_search else LISTING,
        present=lambda page: _drawn(page, user=user, now=now, keys=keys, query=query),
        context=context,
    )


def _drawn(
    page: list[Customer], *, user: User, now: datetime, keys: list[str], query: QueryDict
) -> list[Row]:
    """Return the rows of a page as drawn, with the way back to their place in the list."""
    place = kept_place(query)
    unreachable, managed = tag(_("Unreachable"), "amber"), tag(_("Managed only"), "blue")
    mould = row_mould(keys, may_change=user.has_perm(RIGHT))
    rows = build_rows(page, user=user, now=now, keys=keys)
    for row in rows:
        row.url = f"{row.url}{place}"
        marks = [unreachable] * row.is_unreachable + [managed] * row.is_managed_only
        values = {"pk": row.pk, "name": row.name, "url": row.url}
        values["marks"] = SafeString("".join(marks))
        row.html = mould.fill(fill_row(row, keys) | values)
    return rows


def build_rows(
    customers: Iterable[Customer], *, user: User, now: datetime, keys: Sequence[str] = USUAL
) -> list[Row]:
    """Return the printed rows of one page; one query each for next steps, tags, activity shown."""
    found = list(customers)
    ids = [customer.pk for customer in found]
    tasks = next_steps(ids) if "next" in keys else {}
    tags = tags_of(ids) if "tags" in keys else {}
    activity = activity_of(ids) if "activity" in keys else {}
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
            stage=STAGES.get(customer.buying_stage, EMPTY) if "stage" in keys else "",
            phase=PHASES.get(customer.phase, EMPTY) if "phase" in keys else "",
            activity=activity.get(customer.pk, EMPTY),
            tags=tags.get(customer.pk, ()),
            is_managed_only=_base(customer) is Base.MANAGED_ONLY,
        )
        for customer in found
    ]


def _base(customer: Customer) -> Base | None:
    return base_of(CustomerClass(customer.customer_class), customer.managed_estate)


def activity_of(customer_ids: list[int]) -> dict[int, str]:
    """Return each customer's activity of last night; one query."""
    rows = CustomerStanding.objects.filter(customer__in=customer_ids)
    return {pk: str(value) for pk, value in rows.values_list("customer_id", "activity")}


def budget(customer: Customer) -> str:
    """Return the budget in units of ten thousand yuan as the column head says: 350–380."""
    ends = [f"{value / WAN:.0f}" for value in (customer.budget_min, customer.budget_max) if value]
    return "–".join(dict.fromkeys(ends)) or EMPTY


def short_day(moment: datetime | None, now: datetime) -> str:
    """Return the day as people say it: yesterday, 11-18, 2025-11-18; ``--`` for none."""
    if moment is None:
        return EMPTY
    return relative_day(timezone.localtime(moment).date(), timezone.localtime(now).date())


def _next_text(task: NextStep | None, now: datetime) -> str:
    if task is None:
        return EMPTY
    local = timezone.localtime(task.due_at)
    if local.date() == timezone.localtime(now).date():
        return _("%(title)s, today %(time)s") % {"title": task.title, "time": f"{local:%H:%M}"}
    return f"{task.title} {short_day(task.due_at, now)}"


def _tabs(user: User) -> list[View]:
    own = ["mine"] if user.role == "consultant" else []
    return [VIEWS[key] for key in (*own, "all", "due", "late", "existing")]
