"""The pool: who waits there, why and since when; and who is about to fall into it (CUS-52)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.views.decorators.http import require_safe

from crm_site.common.display import EMPTY
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.common.templatetags.crm import grade as grade_mark
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.masking import phone_for
from customers.models import Customer
from customers.pool_filters import REASONS, PoolFilter
from customers.selectors.listed import narrowed
from customers.selectors.pool import falling_soon
from customers.selectors.project_scope import project_scope
from customers.services.ownership import OWNING_ROLES
from customers.services.pool import claims_left, may_take, offered
from customers.views.customer_list import budget, short_day
from customers.vocabulary import labels

LISTING = Listing(
    template="customers/pool.html",
    sorts={
        "created": ("-id",),
        "name": ("sort_key",),
        "last": ("-last_contact_at",),
        "pooled": ("-pooled_at",),
    },
    default_sort="created",
    filter_class=PoolFilter,
)


@dataclass(frozen=True, slots=True)
class PoolRow:
    """One customer of the pool as the table prints it."""

    pk: int
    name: str
    url: str
    grade: str
    class_label: str
    source: str
    project: str
    budget: str
    last: str
    pooled_at: datetime | None
    age: timedelta | None
    reason: str | Promise
    hidden_until: datetime | None
    phone: str
    is_unreachable: bool
    take_url: str


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def pool(request: HtmxHttpRequest) -> HttpResponse:
    """Show the customers nobody is responsible for, of the projects the user may see.

    Those who do not want to be called for a while are seen by whoever leads a team, not offered.
    """
    user, now = current_user(request), timezone.now()
    seen = Customer.objects.visible_to(user).in_pool()
    customers = narrowed(seen, project_scope(request).project_id)
    if not user.has_perm("customers.view_team_work"):
        customers = customers.filter(offered(now))
    can_take = user.role in OWNING_ROLES
    context: dict[str, Any] = {
        "can_take": can_take,
        "left": claims_left(user, now=now) if can_take else None,
        "now": now,
    }
    return list_page(
        request,
        queryset=customers.for_pool(),
        listing=LISTING,
        present=lambda page: _rows(page, user=user, now=now),
        context=context,
    )


def _rows(customers: Iterable[Customer], *, user: User, now: datetime) -> list[PoolRow]:
    sources = labels("source")
    classes = dict(Customer._meta.get_field("customer_class").flatchoices)
    base = reverse("customers:customer-detail", args=[0]).removesuffix("0/")
    return [
        PoolRow(
            pk=customer.pk,
            name=customer.name,
            url=f"{base}{customer.pk}/",
            grade=grade_mark(customer.grading.grade if hasattr(customer, "grading") else None),
            class_label=str(classes[customer.customer_class]),
            source=sources.get(customer.source, customer.source),
            project=customer.project.name if customer.project else EMPTY,
            budget=budget(customer),
            last=short_day(customer.last_contact_at, now),
            pooled_at=customer.pooled_at,
            age=now - customer.pooled_at if customer.pooled_at else None,
            reason=REASONS.get(customer.pool_reason, customer.pool_reason),
            hidden_until=_if_future(customer.hidden_until, now),
            phone=phone_for(user, customer),
            is_unreachable=customer.is_unreachable,
            take_url=_take_url(user, customer, base, now),
        )
        for customer in customers
    ]


def _if_future(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment > now else None


def _take_url(user: User, customer: Customer, base: str, now: datetime) -> str:
    is_hidden = _if_future(customer.hidden_until, now) is not None
    return f"{base}{customer.pk}/take/" if may_take(user, customer) and not is_hidden else ""


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def pool_warnings(request: HtmxHttpRequest) -> HttpResponse:
    """List the customers in scope that fall to the pool next, soonest first."""
    user, now = current_user(request), timezone.now()
    rows = falling_soon(user=user)
    return render(request, "customers/pool_warnings.html", {"rows": rows, "now": now})
