"""Who may leave: the list, a customer's panel, the explanation of one score."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.churn.filters import ScoreFilter
from analytics.churn.models import RECORD, VIEW, ChurnLoss, ChurnScore, OwnerHealth
from analytics.churn.selectors import scores as read
from analytics.churn.selectors.explaining import explain
from analytics.churn.words import label_of, shown_value
from crm_site.audit.services import record
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Customer
from customers.record_tabs import render_tab
from customers.views.customer_record import get_customer

LIST = Listing(
    template="analytics/churn/list.html",
    sorts={
        "at_stake": ("-at_stake", "-customer_id"),
        "points": ("-points", "-customer_id"),
    },
    default_sort="at_stake",
    filter_class=ScoreFilter,
)
BOTH = (VIEW, "customers.view_customer")


@require_safe
@permission_required(BOTH, raise_exception=True)
def churn_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the scores of the customers one sees, the most at stake first (CUS-98)."""
    user = current_user(request)
    context = {
        "counts": read.counts_by_level(ChurnScore.objects.visible_to(user)),
        "run": read.last_run(),
    }
    return list_page(
        request, queryset=read.for_list(user), listing=LIST, present=read.lines, context=context
    )


@require_safe
@permission_required(BOTH, raise_exception=True)
def churn_customer(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the score of a customer, its reasons and history, and past losses, as a tab."""
    customer, user = get_customer(request, customer_id), current_user(request)
    context = _facts(customer, user) | {"may_record": user.has_perm(RECORD)}
    template = "analytics/churn/customer_tab.html"
    return render_tab(request, customer, key="churn", template=template, context=context)


def _facts(customer: Customer, user: User) -> dict[str, Any]:
    refused = read.is_refused(customer)
    score = None if refused else read.score_of(customer, user)
    health = None if refused else OwnerHealth.objects.filter(pk=customer.pk).first()
    losses = ChurnLoss.objects.filter(customer=customer).prefetch_related("reasons")
    found = list(losses.select_related("project", "consultant").order_by("-on", "-pk"))
    return {
        "refused": refused,
        "line": read.lines([score])[0] if score else None,
        "health": health,
        "taken": [
            (label_of(name), shown_value(name, value), points)
            for name, value, points in (health.parts if health else [])
        ],
        "changes": [] if refused else read.changes_of(customer, user),
        "losses": found,
        "is_lost": any(loss.state == "standing" for loss in found),
    }


@require_safe
@permission_required(BOTH, raise_exception=True)
def churn_why(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show how the score of a customer came about, worked out anew from the stored model.

    Whoever looks is written down (PIPL, article 24: an explanation on request).
    """
    customer, user = get_customer(request, customer_id), current_user(request)
    refused = read.is_refused(customer)
    score = None if refused else read.score_of(customer, user)
    record(
        kind="churn.explained",
        actor=user,
        subject=("customer", customer.pk),
        facts={"points": score.points} if score else {},
        now=timezone.now(),
    )
    context = {
        "customer": customer,
        "refused": refused,
        "line": read.lines([score])[0] if score else None,
        "why": explain(score) if score else None,
        "history": None if refused else read.history_of(customer, user, now=timezone.now()),
    }
    return render_page(request, "analytics/churn/why.html", context)
