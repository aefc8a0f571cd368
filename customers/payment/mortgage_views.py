"""The mortgages of a purchase, and those of all one may see (CUS-69)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import NotAllowedError, RefusedError
from crm_site.staff.current import current_user
from customers.paperwork.selectors import checklist
from customers.payment.filters import MortgageFilter
from customers.payment.forms import MortgageForm, MortgageReasonForm, MortgageStepForm, ReleaseForm
from customers.payment.models import Mortgage
from customers.payment.mortgage_rules import NEXT, STATES, MortgageState
from customers.payment.selectors import OWING
from customers.payment.services import mortgages
from customers.payment.services.mortgages import Application
from customers.payment.views import BOOK, FORM, SEE, get_paid
from customers.purchase.models import Purchase

HANDLE = "customers.handle_mortgages"
PAGE = "customers/payments/mortgages.html"
WORDS = dict(STATES)
LIST = Listing(
    template="customers/payments/mortgage_list.html",
    sorts={"since": ("-state_since", "-id")},
    default_sort="since",
    filter_class=MortgageFilter,
)


@require_safe
@permission_required(SEE, raise_exception=True)
def mortgage_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the mortgages of a sales site, those that moved last on top."""
    rows = Mortgage.objects.visible_to(current_user(request)).select_related(
        "purchase__unit__building", "purchase__project", "purchase__customer", "handler"
    )
    return list_page(request, queryset=rows, listing=LIST)


@require_safe
@permission_required(SEE, raise_exception=True)
def purchase_mortgages(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show the applications of a purchase, their steps, and the papers that are missing."""
    purchase, user = get_paid(request, purchase_id), current_user(request)
    rows = Mortgage.objects.filter(purchase=purchase).select_related("handler", "receipt")
    found = list(rows.prefetch_related("events__actor").order_by("-created_at", "-pk"))
    context = {
        "purchase": purchase,
        "mortgages": [(one, _steps(one, user)) for one in found],
        "papers": checklist(purchase, "mortgage", now=timezone.now()),
        "may_apply": user.has_perm(HANDLE)
        and purchase.state in OWING
        and purchase.agreed_total is not None,
    }
    return render_page(request, PAGE, context, partial="mortgages")


def _steps(mortgage: Mortgage, user: Any) -> list[tuple[str, Any]]:
    """Return the steps that ``user`` may take, with their words."""
    return [
        (to.value, WORDS[to.value])
        for to in NEXT[MortgageState(mortgage.state)]
        if user.has_perm(_right(to))
    ]


def _right(to: MortgageState) -> str:
    return BOOK if to is MortgageState.RELEASED else HANDLE


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((*SEE, HANDLE), raise_exception=True)
@idempotent()
def mortgage_add(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Note an application."""
    purchase = get_paid(request, purchase_id)
    form = MortgageForm(request.POST or None)

    def save(valid: MortgageForm) -> str:
        try:
            mortgages.apply_for(
                purchase=purchase,
                application=Application(**valid.cleaned_data),
                actor=current_user(request),
                now=timezone.now(),
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The application is noted."))
        return _url(purchase)

    return form_page(
        request,
        form=form,
        template=FORM,
        save=save,
        context=_context(purchase, _("Apply for a mortgage")),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SEE, raise_exception=True)
@idempotent()
def mortgage_step(request: HtmxHttpRequest, mortgage_id: int, to: str) -> HttpResponse:
    """Note what the bank said, or that its money came."""
    rows = Mortgage.objects.visible_to(current_user(request)).select_related("purchase")
    mortgage: Mortgage | None = rows.filter(pk=mortgage_id).first()
    if mortgage is None or to not in WORDS:
        raise Http404
    state = MortgageState(to)
    if not current_user(request).has_perm(_right(state)):
        raise NotAllowedError(_("Your role cannot take this step."))
    purchase, found = get_paid(request, mortgage.purchase_id), mortgage
    form = _form(state, request.POST if request.method == "POST" else None)

    def save(valid: Any) -> str:
        who: dict[str, Any] = {"actor": current_user(request), "now": timezone.now()}
        try:
            if state is MortgageState.RELEASED:
                mortgages.release(mortgage=found, **valid.cleaned_data, **who)
            else:
                mortgages.advance(mortgage=found, to=state, **valid.cleaned_data, **who)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("Mortgage: %(state)s.") % {"state": WORDS[to]})
        return _url(purchase)

    context = _context(purchase, str(WORDS[to]))
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _form(state: MortgageState, data: Any) -> Any:
    if state is MortgageState.RELEASED:
        return ReleaseForm(data, initial={"received_on": timezone.localdate()})
    return (MortgageReasonForm if state in mortgages.NEEDS_NOTE else MortgageStepForm)(data)


def _url(purchase: Purchase) -> str:
    return reverse("customers:purchase-mortgages", args=[purchase.pk])


def _context(purchase: Purchase, title: str) -> dict[str, Any]:
    return {"purchase": purchase, "title": title, "cancel_url": _url(purchase)}
