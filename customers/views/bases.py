"""The board by stage, the un-closed base, the groups and the share of high value."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm_site.common.display import EMPTY
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from customers import choices
from customers.axis_forms import stage_moves
from customers.filters import CustomerFilter
from customers.models import Customer
from customers.rules.value import has_drifted
from customers.selectors.bases import (
    IS_NURTURED,
    board_columns,
    by_reason,
    is_quiet,
    keepers,
    reason_words,
    unclosed,
)
from customers.selectors.listed import narrowed
from customers.selectors.news import newest_untold
from customers.selectors.project_scope import project_scope
from customers.selectors.standing import (
    existing_counts,
    group_counts,
    share_by_region,
    total_share,
)
from customers.standing_policy import UNCLOSED, VALUE
from customers.views.customer_list import short_day

VIEW = "customers.view_customer"


@require_safe
@permission_required(VIEW, raise_exception=True)
def board(request: HtmxHttpRequest) -> HttpResponse:
    """Show the customers by buying stage; a menu on each card moves it (CUS-20)."""
    user, now = current_user(request), timezone.now()
    seen = Customer.objects.visible_to(user)
    customers = narrowed(seen, project_scope(request).project_id)
    filters_of = CustomerFilter(request.GET, queryset=customers, request=request)
    is_valid = filters_of.is_valid()
    columns = board_columns(filters_of.qs if is_valid else customers.none())
    rest = request.GET.copy()
    rest.pop("stage", None)
    context = {
        "columns": [(column, _cards(column.cards, now)) for column in columns],
        "filter": filters_of,
        "rest": f"&{rest.urlencode()}" if rest else "",
        "may_change": user.has_perm("customers.change_customer"),
    }
    return render(request, "customers/board.html", context, status=200 if is_valid else 422)


def _cards(customers: list[Customer], now: Any) -> list[tuple[Customer, int, list[Any]]]:
    """Return each customer with the days in its stage and the stages it may move to."""
    return [
        (each, (now - (each.stage_since or each.created_at)).days, stage_moves(each))
        for each in customers
    ]


QUIET = [("yes", gettext_lazy("No contact for too long"))]
INTERESTS = [
    *((str(value), label) for value, label in choices.INTENTS),
    ("none", gettext_lazy("Not said")),
]


def _reasons() -> list[tuple[str, str]]:
    return list(reason_words().items())


class UnclosedFilter(filters.FilterSet):
    """Filters of the un-closed base."""

    reason = filters.ChoiceFilter(
        field_name="lost_reason", choices=_reasons, label=gettext_lazy("Reason")
    )
    interest = filters.ChoiceFilter(
        choices=INTERESTS, method="by_interest", label=gettext_lazy("Intent")
    )
    quiet = filters.ChoiceFilter(choices=QUIET, method="by_quiet", label=gettext_lazy("Contact"))

    class Meta:
        model = Customer
        fields: list[str] = []

    def by_interest(self, queryset: Any, _name: str, value: str) -> Any:
        """Return those of one interest, or those who have not said."""
        return queryset.filter(intent=None if value == "none" else int(value))

    def by_quiet(self, queryset: Any, _name: str, _value: str) -> Any:
        """Return those without contact for longer than the policy allows."""
        now = timezone.now()
        return queryset.filter(is_quiet(in_force(UNCLOSED, at=now).value.quiet_days, now))


LISTING = Listing(
    template="customers/unclosed.html",
    sorts={"created": ("-id",), "name": ("sort_key",), "last": ("last_contact_at",)},
    default_sort="created",
    filter_class=UnclosedFilter,
)


@dataclass(frozen=True, slots=True)
class UnclosedRow:
    """One visitor who did not buy, as the table prints it."""

    pk: int
    name: str
    url: str
    reason: str
    interest: str
    last: str
    days: int
    responsible: str


@require_safe
@permission_required(VIEW, raise_exception=True)
def unclosed_base(request: HtmxHttpRequest) -> HttpResponse:
    """Report and list every visitor who did not buy, with reason, interest and whose it is."""
    user, now = current_user(request), timezone.now()
    everybody = unclosed(user)
    quiet_days = in_force(UNCLOSED, at=now).value.quiet_days
    chosen = request.GET.get("view", "")
    current = chosen if chosen == "nurture" else "all"
    listed = everybody.filter(IS_NURTURED) if current == "nurture" else everybody
    rows = by_reason(listed)
    context = {
        "reasons": rows,
        "interests": INTERESTS,
        "sums": [sum(cells) for cells in zip(*(row.cells for row in rows), strict=True)],
        "total": sum(row.total for row in rows),
        "quiet": listed.filter(is_quiet(quiet_days, now)).count(),
        "quiet_days": quiet_days,
        "current_view": current,
        "news": newest_untold(listed, user=user, now=now) if current == "nurture" else None,
        "may_write_news": user.has_perm("customers.edit_templates"),
        "tabs": [("all", _("Un-closed")), ("nurture", _("Nurture list"))],
        "label_name": _("Customer"),
        "label_last": _("Last contact"),
    }
    return list_page(
        request,
        queryset=listed.select_related("owner").defer("id_number", "annual_income", "address"),
        listing=LISTING,
        present=lambda page: _unclosed_rows(page, now),
        context=context,
    )


def _unclosed_rows(customers: Iterable[Any], now: Any) -> list[UnclosedRow]:
    """Return the printed rows; one query for those who answer for the pool."""
    found = list(customers)
    above = keepers(found)
    words, intents = reason_words(), dict(choices.INTENTS)
    return [
        UnclosedRow(
            pk=each.pk,
            name=each.name,
            url=each.get_absolute_url(),
            reason=words.get(each.lost_reason, each.lost_reason),
            interest=str(intents.get(each.intent, EMPTY)),
            last=short_day(each.last_contact_at, now),
            days=max((now - each.touched_at).days, 0),
            responsible=_responsible(each, above),
        )
        for each in found
    ]


def _responsible(customer: Customer, above: dict[int, Any]) -> str:
    if customer.owner:
        return str(customer.owner.name)
    keeper = above.get(customer.pk)
    return _("Pool · %(name)s") % {"name": keeper.name} if keeper else _("Pool")


@require_safe
@permission_required(VIEW, raise_exception=True)
def groups(request: HtmxHttpRequest) -> HttpResponse:
    """Count the customers by group of nature, the unset ones included (CUS-07)."""
    counted = group_counts(Customer.objects.visible_to(current_user(request)))
    total = sum(number for _key, _label, number in counted)
    rows = [
        (label, number, number / total if total else None, _listed(f"nature={key}"))
        for key, label, number in counted
    ]
    return render(request, "customers/groups.html", {"rows": rows, "total": total})


@require_safe
@permission_required("customers.view_team_work", raise_exception=True)
def standing(request: HtmxHttpRequest) -> HttpResponse:
    """Show the share of high-value customers against its anchor, and the existing base."""
    customers = Customer.objects.visible_to(current_user(request))
    policy = in_force(VALUE, at=timezone.now()).value
    shares = share_by_region(customers)

    def drifted(row: Any) -> bool:
        return row.total >= policy.least and has_drifted(
            row.share, anchor=policy.anchor, band=policy.band
        )

    total = total_share(shares)
    base = existing_counts(customers)
    context = {
        "policy": policy,
        "total": total,
        "total_drifted": drifted(total),
        "shares": [(row, drifted(row)) for row in shares],
        "base": [(label, base[key], _listed(f"existing={key}")) for key, label in choices.BASES],
        "base_total": sum(base.values()),
        "base_url": _listed("existing=all"),
        "high_url": _listed("customer_class=high_value"),
    }
    return render(request, "customers/standing.html", context)


def _listed(query: str) -> str:
    return f"{reverse('customers:customer-list')}?view=all&{query}"
