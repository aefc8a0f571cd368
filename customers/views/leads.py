"""One lead and its way: stages, states, closing; and customers in and out of the pool and class."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.edits import as_seen
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.errors import EntryError
from customers.lead_forms import (
    ClassForm,
    CloseForm,
    LeadMoveForm,
    LostForm,
    ReturnForm,
    StageForm,
)
from customers.models import Customer, Lead
from customers.rules.axes import LeadState
from customers.selectors.leads import find_lead, read_lead
from customers.services.classes import change_class
from customers.services.leads import close_case, move_lead, stamp_stage
from customers.services.ownership import return_to_pool
from customers.services.pool import take_from_pool, taken_meanwhile
from customers.views.customer_record import get_customer

PAGE = "customers/lead_detail.html"
CHANGE = "customers.change_customer"


def _lead(request: HtmxHttpRequest, lead_id: int) -> Lead:
    lead = find_lead(user=current_user(request), lead_id=lead_id)
    if lead is None:
        raise Http404
    return lead


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def lead_detail(request: HtmxHttpRequest, lead_id: int) -> HttpResponse:
    """Show one lead: where it came from, its stages, time limits and history."""
    return _page(request, _lead(request, lead_id))


def _page(
    request: HtmxHttpRequest, lead: Lead, *, status: int = 200, **forms: Form
) -> HttpResponse:
    now = timezone.now()
    page = read_lead(lead, now=now)
    close_form = forms.get("close_form") or CloseForm()
    context: dict[str, Any] = {
        "lead": lead,
        "customer": lead.customer,
        "page": page,
        "now": now,
        "may_change": current_user(request).has_perm(CHANGE),
        "lost_form": forms.get("lost_form") or LostForm(),
        "close_form": close_form,
        "gate": _gate(lead, close_form, need_is_collected=page.need_is_collected),
    }
    context["missing"] = sum(not met for _label, met in context["gate"])
    return render(request, PAGE, context, status=status)


def _gate(lead: Lead, form: Form, *, need_is_collected: bool) -> list[tuple[str, bool]]:
    """Return the four conditions of closing a case and whether each is met."""
    given = form.cleaned_data if form.is_bound and hasattr(form, "cleaned_data") else {}
    stands = {
        "solution": lead.solution,
        "told_at": lead.customer_told_at,
        "confirmed_at": lead.customer_confirmed_at,
    }
    words = {
        "solution": _("Answer written down"),
        "told_at": _("Customer told"),
        "confirmed_at": _("Customer confirmed, or called back"),
    }
    met = [(word, bool(stands[name] or given.get(name))) for name, word in words.items()]
    return [(_("Need collected"), need_is_collected), *met]


@require_POST
@permission_required(CHANGE, raise_exception=True)
@idempotent()
def lead_stage(request: HtmxHttpRequest, lead_id: int) -> HttpResponse:
    """Note that the case has reached a stage; collecting the need comes first (CUS-43)."""
    lead = _lead(request, lead_id)
    form = StageForm(request.POST)
    if not form.is_valid():
        return _page(request, lead, status=422)
    stage = form.cleaned_data["stage"]
    stamp_stage(lead=lead, stage=stage, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The stage is noted."))
    return _back(request, lead)


@require_POST
@permission_required(CHANGE, raise_exception=True)
@idempotent()
def lead_move(request: HtmxHttpRequest, lead_id: int) -> HttpResponse:
    """Move the lead by one step of the table; losing it needs a reason of the list (CUS-34)."""
    lead = _lead(request, lead_id)
    form = LeadMoveForm(request.POST)
    if not form.is_valid():
        return _page(request, lead, status=422)
    to = form.cleaned_data["to"]
    asked = LostForm(request.POST) if to is LeadState.LOST else form
    if not asked.is_valid():
        return _page(request, lead, status=422, lost_form=asked)
    actor, now = current_user(request), timezone.now()
    try:
        with as_seen(request, lead, "state"):
            move_lead(lead=lead, to=to, reason=asked.cleaned_data["reason"], actor=actor, now=now)
    except EntryError as error:
        asked.add_error(None, error.as_validation_error())
        return _page(request, lead, status=422, lost_form=asked)
    state = lead.get_state_display()
    messages.success(request, _("The lead is now: %(state)s") % {"state": state})
    return _back(request, lead)


@require_POST
@permission_required(CHANGE, raise_exception=True)
@idempotent()
def lead_close(request: HtmxHttpRequest, lead_id: int) -> HttpResponse:
    """Close the case once it is answered, the customer told and confirmed (CUS-41)."""
    lead = _lead(request, lead_id)
    form = CloseForm(request.POST)
    if form.is_valid():
        actor, now = current_user(request), timezone.now()
        try:
            close_case(lead=lead, actor=actor, now=now, **form.closing(lead))
        except EntryError as error:
            form.add_error(None, error.as_validation_error())
    if form.errors:
        return _page(request, lead, status=422, close_form=form)
    messages.success(request, _("The enquiry is closed."))
    return _back(request, lead)


def _back(request: HtmxHttpRequest, lead: Lead) -> HttpResponse:
    return go_to(request, reverse("customers:lead-detail", args=[lead.pk]))


@require_POST
@permission_required("customers.work_tasks", raise_exception=True)
@idempotent()
def customer_take(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Take a customer from the pool; the first one who asks gets it (CUS-49)."""
    user, now = current_user(request), timezone.now()
    try:
        customer = get_customer(request, customer_id)
    except Http404:
        faster = taken_meanwhile(customer_id=customer_id, user=user, now=now)
        raise faster or Http404 from None
    taken = take_from_pool(customer=customer, actor=user, now=now)
    messages.success(request, _("%(name)s is yours now.") % {"name": taken.name})
    return go_to(request, taken.get_absolute_url())


@require_POST
@permission_required("customers.assign_customer", raise_exception=True)
@idempotent()
def customer_return(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Put a customer back into the pool of its project, with a reason (CUS-49)."""
    customer = get_customer(request, customer_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _asked_again(request, customer, form, title=_("Return to the pool"))
    return_to_pool(
        customer=customer,
        actor=current_user(request),
        now=timezone.now(),
        **form.cleaned_data,
    )
    messages.success(request, _("%(name)s is back in the pool.") % {"name": customer.name})
    return go_to(request, customer.get_absolute_url())


@require_POST
@permission_required("customers.override_class", raise_exception=True)
@idempotent()
def customer_class(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Set the class by hand, one step forward or back, with a reason (CUS-08)."""
    customer = get_customer(request, customer_id)
    form = ClassForm(request.POST, customer=customer)
    if form.is_valid():
        to, reason = form.cleaned_data["customer_class"], form.cleaned_data["reason"]
        actor, now = current_user(request), timezone.now()
        try:
            with as_seen(request, customer, "customer_class"):
                change_class(customer=customer, to=to, reason=reason, actor=actor, now=now)
        except EntryError as error:
            form.add_error(None, error.as_validation_error())
    if form.errors:
        return _asked_again(request, customer, form, title=_("Change the class"))
    messages.success(request, _("The class is changed."))
    return go_to(request, customer.get_absolute_url())


def _asked_again(
    request: HtmxHttpRequest, customer: Customer, form: Form, *, title: str
) -> HttpResponse:
    """Show the form of a dialog as a page, with what is to be changed."""
    context = {"customer": customer, "form": form, "title": title}
    return render(request, "customers/customer_action.html", context, status=422)
