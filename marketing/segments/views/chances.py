"""Opportunities, un-closed customers and investors (CUS-75, CUS-76, MKT-78, CUS-57)."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from customers.models import Customer, Purchase
from customers.selectors.record import find_to_work_on
from marketing.segments.care_forms import CloseForm, HoldingForm, InformForm, InterestForm
from marketing.segments.filters import NurtureFilter, OpportunityFilter
from marketing.segments.models import Holding, InvestorInterest, Opportunity
from marketing.segments.pages import FORM, found_in, short_form, working
from marketing.segments.querysets import SEE_CHANCES, SEND, WORK_CHANCES
from marketing.segments.selectors.investors import investors, present
from marketing.segments.selectors.nurture import by_interest, conversion
from marketing.segments.services.caring import note_holding, note_interest
from marketing.segments.services.finding import close, work_on
from marketing.segments.services.informing import Information, inform

OPPORTUNITIES: Final = Listing(
    template="marketing/segments/opportunities.html",
    sorts={"latest": ("-opened_at", "-id")},
    default_sort="latest",
    filter_class=OpportunityFilter,
)
NURTURE: Final = Listing(
    template="marketing/segments/nurture.html",
    sorts={"interest": ("-interest", "id")},
    default_sort="interest",
    filter_class=NurtureFilter,
)
INVESTORS: Final = Listing(
    template="marketing/segments/investors.html",
    sorts={"name": ("sort_key", "id")},
    default_sort="name",
)


@require_safe
@permission_required(SEE_CHANCES, raise_exception=True)
def opportunities(request: HtmxHttpRequest) -> HttpResponse:
    """Show the opportunities with customers one sees; the closed ones when asked for."""
    user = current_user(request)
    rows = Opportunity.objects.visible_to(user).select_related("customer", "target", "owner")
    asked = request.GET.get("state") or request.GET.get("outcome")
    return list_page(request, queryset=rows if asked else rows.open(), listing=OPPORTUNITIES)


@require_safe
@permission_required(SEE_CHANCES, raise_exception=True)
def opportunity(request: HtmxHttpRequest, opportunity_id: int) -> HttpResponse:
    """Show an opportunity: what the rule saw and what came of it."""
    row = _opportunity(request, opportunity_id)
    context = {
        "opportunity": row,
        "may_work": current_user(request).has_perm(WORK_CHANCES) and row.is_open,
    }
    return render(request, "marketing/segments/opportunity.html", context)


@require_POST
@permission_required(WORK_CHANCES, raise_exception=True)
@idempotent()
def opportunity_take(request: HtmxHttpRequest, opportunity_id: int) -> HttpResponse:
    """Take an opportunity in hand."""
    row = _opportunity(request, opportunity_id)
    work_on(opportunity=row, **working(request))
    messages.success(request, _("The opportunity is yours."))
    return go_to(request, row.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK_CHANCES, raise_exception=True)
@idempotent()
def opportunity_close(request: HtmxHttpRequest, opportunity_id: int) -> HttpResponse:
    """Close an opportunity with its outcome."""
    row = _opportunity(request, opportunity_id)
    posted = request.POST if request.method == "POST" else None
    return short_form(
        request,
        form=CloseForm(posted),
        title=_("Close: %(what)s") % {"what": row},
        back=row.get_absolute_url(),
        done=_("The opportunity is closed."),
        run=lambda data: close(opportunity=row, **data, **working(request)),
    )


def _opportunity(request: HtmxHttpRequest, key: int) -> Opportunity:
    joined = ("customer", "target", "owner", "closed_by")
    found: Opportunity = found_in(Opportunity.objects, request, key, *joined)
    return found


@require_safe
@permission_required(SEE_CHANCES, raise_exception=True)
def nurture(request: HtmxHttpRequest) -> HttpResponse:
    """Show the un-closed customers by interest, and what information led to."""
    user = current_user(request)
    rows = by_interest(Customer.objects.visible_to(user)).for_table("intent")  # type: ignore[attr-defined]
    context = {"conversion": conversion(user), "may_send": user.has_perm(SEND)}
    return list_page(request, queryset=rows, listing=NURTURE, context=context)


@require_POST
@permission_required(SEND, raise_exception=True)
@idempotent()
def nurture_send(request: HtmxHttpRequest) -> HttpResponse:
    """Send information to the ticked customers; who did not agree is left out and counted."""
    back = reverse("marketing:nurture")
    form = InformForm(request.POST)

    def save(valid: InformForm) -> str:
        data = dict(valid.cleaned_data)
        customers = data.pop("customer")
        sent, left = inform(customers=customers, what=Information(**data), **working(request))
        words = ngettext("Sent to %(n)s customer.", "Sent to %(n)s customers.", sent)
        messages.success(request, words % {"n": sent})
        if left:
            more = ngettext("%(n)s is left out.", "%(n)s are left out.", left)
            messages.info(request, more % {"n": left})
        return back

    context = {"title": _("Send information"), "cancel_url": back}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(SEE_CHANCES, raise_exception=True)
def investor_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the investors with their holdings and what they would buy next."""
    user, today = current_user(request), timezone.localdate()
    return list_page(
        request,
        queryset=investors(Customer.objects.visible_to(user)),
        listing=INVESTORS,
        present=lambda rows: present(rows, today=today),
        context={"may_work": user.has_perm(WORK_CHANCES)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK_CHANCES, raise_exception=True)
@idempotent()
def holding_edit(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Note how a unit is used and what it brings."""
    purchase = found_in(Purchase.objects, request, purchase_id, "customer", "unit__building")
    row = Holding.objects.filter(purchase=purchase).first()
    names = ("use", "rent", "asked", "note")

    def form(data: Any) -> HoldingForm:
        fresh = Holding.objects.filter(purchase=purchase).first()
        initial = {name: getattr(fresh, name) for name in names} if fresh else {}
        return HoldingForm(data, initial=initial)

    def save(valid: HoldingForm) -> str:
        note_holding(purchase=purchase, **valid.cleaned_data, **working(request))
        return back

    back = reverse("marketing:investors")
    context = {"title": str(purchase), "cancel_url": back}
    return _edit(request, row, form, save, context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK_CHANCES, raise_exception=True)
@idempotent()
def interest_edit(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Note what an investor would buy next and when to speak about it."""
    customer = find_to_work_on(user=current_user(request), customer_id=customer_id)
    if customer is None:
        raise Http404
    row = InvestorInterest.objects.filter(customer=customer).first()

    def form(data: Any) -> InterestForm:
        fresh = InvestorInterest.objects.filter(customer=customer).first()
        initial = {"wish": fresh.wish, "remind_on": fresh.remind_on} if fresh else {}
        return InterestForm(data, initial=initial)

    def save(valid: InterestForm) -> str:
        note_interest(customer=customer, **valid.cleaned_data, **working(request))
        return back

    back = reverse("marketing:investors")
    context = {"title": customer.name, "cancel_url": back}
    return _edit(request, row, form, save, context)


def _edit(
    request: HtmxHttpRequest, row: Any, form: Any, save: Any, context: dict[str, Any]
) -> HttpResponse:
    """Show the form of a row that may not be there yet; a stored one is never changed unseen."""
    if row is None:
        posted = request.POST if request.method == "POST" else None
        new = form(posted)
        return form_page(request, form=new, template=FORM, save=save, context=context)
    edit = edit_of(row, current_user(request))
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)
