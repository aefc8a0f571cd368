"""Customers offered to other projects: the tab of the record and the page of offers (CUS-53)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.masking import phone_for
from customers.models import CustomerShare
from customers.record_tabs import render_tab
from customers.services.ownership import assignable_to
from customers.services.sharing import (
    accept_offer,
    decline_offer,
    offer_customer,
    offers_from,
    offers_to,
    withdraw_offer,
)
from customers.sharing_forms import AcceptForm, DeclineForm, OfferForm, is_seller
from customers.views.customer_list import budget
from customers.views.customer_record import get_customer
from customers.vocabulary import labels

SHARE = "customers.share_customer"
MOST_ROWS = 100


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SHARE, raise_exception=True)
@idempotent()
def customer_sharing(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show to whom the customer was offered and how the credit is split; offer it further."""
    customer = get_customer(request, customer_id)
    form = OfferForm(request.POST or None, customer=customer)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        actor, now = current_user(request), timezone.now()
        try:
            offer_customer(customer=customer, actor=actor, now=now, **form.cleaned_data)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            form, status = OfferForm(customer=customer), 200
    shares = CustomerShare.objects.filter(customer=customer).order_by("-pk")
    related = shares.select_related("to_project", "introduced_by", "accepted_by")
    context = {"form": form, "shares": list(related)}
    template = "customers/tabs/sharing.html"
    return render_tab(
        request, customer, key="sharing", template=template, context=context, status=status
    )


@require_safe
@permission_required(SHARE, raise_exception=True)
def offer_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the offers to one's project and what became of one's own."""
    return _page(request)


def _page(request: HtmxHttpRequest, *, status: int = 200, problem: str = "") -> HttpResponse:
    user = current_user(request)
    incoming, layouts = offers_to(user).order_by("-pk")[:MOST_ROWS], labels("layout")
    rows = [
        {
            "share": share,
            "phone": phone_for(current_user(request), share.customer),
            "wish": _wish(share, layouts),
        }
        for share in incoming.select_related(
            "customer", "to_project", "from_project", "introduced_by"
        )
    ]
    sent = offers_from(user).order_by("-pk")[:MOST_ROWS]
    context: dict[str, Any] = {
        "rows": rows,
        "owners": [] if is_seller(user) else list(assignable_to(user).select_related("node")),
        "is_seller": is_seller(user),
        "sent": sent.select_related("customer", "to_project", "accepted_by"),
        "problem": problem,
    }
    return render(request, "customers/offer_list.html", context, status=status)


def _wish(share: CustomerShare, layouts: dict[str, str]) -> str:
    customer = share.customer
    wish = budget(customer)
    unit = _("%(budget)s (10k)") % {"budget": wish} if wish != "--" else ""
    layout = layouts.get(customer.layout, customer.layout)
    return " · ".join(part for part in (layout, customer.motive, unit) if part)


def _incoming(request: HtmxHttpRequest, share_id: int) -> CustomerShare:
    """Return an offer to one's project, decided or not; 404 for all others."""
    user = current_user(request)
    found = offers_to(user).select_related("to_project").filter(pk=share_id).first()
    if found is not None:
        return found
    decided = CustomerShare.objects.select_related("to_project").filter(
        to_project__node=user.node.project_id if user.node else None
    )
    return get_object_or_404(decided, pk=share_id)


@require_POST
@permission_required(SHARE, raise_exception=True)
@idempotent()
def offer_accept(request: HtmxHttpRequest, share_id: int) -> HttpResponse:
    """Accept an offer: a new lead for the project, worked on by the chosen consultant."""
    share, user = _incoming(request, share_id), current_user(request)
    owner: User = user
    if not is_seller(user):
        form = AcceptForm(request.POST, owners=_sellers(user, share))
        if not form.is_valid():
            return _page(request, status=422, problem=_("Choose who works on the customer."))
        owner = form.cleaned_data["owner"]
    done = accept_offer(share=share, owner=owner, actor=user, now=timezone.now())
    messages.success(request, _("The customer is accepted."))
    if owner == user:
        return go_to(request, reverse("customers:customer-detail", args=[done.customer_id]))
    return go_to(request, reverse("customers:offers"))


def _sellers(user: User, share: CustomerShare) -> QuerySet[User]:
    return assignable_to(user).filter(node__project_id=share.to_project_id)


@require_POST
@permission_required(SHARE, raise_exception=True)
@idempotent()
def offer_decline(request: HtmxHttpRequest, share_id: int) -> HttpResponse:
    """Decline an offer with a reason."""
    share = _incoming(request, share_id)
    form = DeclineForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, problem=_("Say why the offer is declined."))
    reason = form.cleaned_data["reason"]
    decline_offer(share=share, reason=reason, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The offer is declined."))
    return go_to(request, reverse("customers:offers"))


@require_POST
@permission_required(SHARE, raise_exception=True)
@idempotent()
def offer_withdraw(request: HtmxHttpRequest, share_id: int) -> HttpResponse:
    """Take one's own open offer back."""
    share = get_object_or_404(offers_from(current_user(request)), pk=share_id)
    withdraw_offer(share=share, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The offer is withdrawn."))
    return go_to(request, reverse("customers:offers"))
