"""The record of one customer: read it, change it, talk to it, hand it over."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.audit.seen import note
from crm_site.common.addresses import client_ip
from crm_site.common.edits import as_seen, edit_of
from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, add_event, add_toast, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import edit_page, form_page
from crm_site.staff.current import current_user
from customers.data_categories import may_see_sensitive
from customers.errors import EntryError, OverCapError, RevealRefusedError
from customers.forms import (
    AssignForm,
    CustomerEditForm,
    CustomerForm,
    InteractionForm,
    RevealForm,
)
from customers.masking import may_reveal_phone, may_see_phone, phone_for
from customers.models import Customer
from customers.record_page import around, note_look
from customers.record_tabs import tabs_for
from customers.rules.entry import CustomerEntry
from customers.selectors.channels import likely_channel
from customers.selectors.record import find, find_to_work_on, successor_of
from customers.services.customers import register_customer, reveal_phone, update_customer
from customers.services.interactions import log_interaction
from customers.services.ownership import assign_customer


def get_customer(request: HtmxHttpRequest, customer_id: int) -> Customer:
    """Return the customer; 404 when it is missing or not for this user's eyes."""
    customer = find(user=current_user(request), customer_id=customer_id)
    if customer is None:
        raise Http404
    return customer


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def customer_detail(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the record; the look at it is audited (PLT-03). A merged one leads to its successor."""
    try:
        customer = get_customer(request, customer_id)
    except Http404:
        successor = successor_of(customer_id, user=current_user(request))
        if successor is None:
            raise
        return go_to(request, successor.get_absolute_url())
    note_look(request, customer, now=timezone.now())
    return _detail(request, customer, form=_composer(customer))


def _composer(customer: Customer) -> InteractionForm:
    """Return the empty form of a talk, over the channel that suits the customer (CUS-47)."""
    return InteractionForm(initial={"channel": likely_channel(customer, now=timezone.now())})


def _detail(
    request: HtmxHttpRequest, customer: Customer, *, form: InteractionForm, status: int = 200
) -> HttpResponse:
    context = around(request, customer, now=timezone.now())
    context |= {"interaction_form": form, "current_tab": ""}
    context["tabs"] = tabs_for(current_user(request), customer)
    return render_page(
        request, "customers/customer_detail.html", context, partial="record", status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.add_customer", raise_exception=True)
@idempotent()
def customer_add(request: HtmxHttpRequest) -> HttpResponse:
    """Record a customer; a known phone leads to its record or to the supervisor (CUS-01)."""
    form = CustomerForm(request.POST or None, request=request)

    def save(valid: CustomerForm) -> str:
        data = valid.cleaned_data
        entry = CustomerEntry(capture_point="front_desk", **data)
        try:
            done = register_customer(entry=entry, actor=current_user(request), now=timezone.now())
        except EntryError as error:
            raise error.as_validation_error() from error
        if done.is_hidden:
            return reverse("customers:customer-exists")
        return done.customer.get_absolute_url()

    context = {
        "title": _("New customer"),
        "cancel_url": reverse("customers:customer-list"),
        "known_url": reverse("customers:customer-known"),
    }
    return form_page(
        request, form=form, template="customers/customer_form.html", save=save, context=context
    )


@require_safe
@permission_required("customers.add_customer", raise_exception=True)
def customer_exists(request: HtmxHttpRequest) -> HttpResponse:
    """Say that the phone is known outside the user's scope, and nothing else about it."""
    return render(request, "customers/customer_exists.html")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("customers.change_customer", raise_exception=True)
@idempotent()
def customer_edit(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Change the record; one changed meanwhile shows the three versions (A-49)."""
    customer = get_customer(request, customer_id)
    user = current_user(request)
    if may_see_phone(user, customer) and customer.phone:
        note(user, kind="customer", pk=customer.pk, field="phone")

    def form(data: Any) -> CustomerEditForm:
        return CustomerEditForm(
            data,
            request=request,
            customer=customer,
            may_see_phone=may_see_phone(user, customer),
            may_see_income=may_see_sensitive(user, customer),
            initial=CustomerEditForm.initial_of(customer),
        )

    context: dict[str, Any] = {
        "title": _("Edit %(name)s") % {"name": customer.name},
        "customer": customer,
        "cancel_url": customer.get_absolute_url(),
    }

    def save(valid: CustomerEditForm) -> str:
        try:
            update_customer(
                customer=customer,
                changes=valid.changes(),
                version=valid.cleaned_data["version"],
                actor=user,
                now=timezone.now(),
            )
        except EntryError as error:
            raise error.as_validation_error() from error
        return customer.get_absolute_url()

    return edit_page(
        request,
        edit=edit_of(customer, user),
        form=form,
        template="customers/customer_form.html",
        save=save,
        context=context,
    )


@require_POST
@permission_required("customers.view_customer", raise_exception=True)
def phone_reveal(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the phone number once, for a stated reason, audited (A-32)."""
    customer = get_customer(request, customer_id)
    if not may_reveal_phone(current_user(request), customer):
        raise RevealRefusedError
    form = RevealForm(request.POST)
    if not form.is_valid():
        context = {
            "customer": customer,
            "reveal_form": form,
            "phone": phone_for(current_user(request), customer),
            "phone_is_masked": True,
            "may_reveal": True,
        }
        return render(request, "customers/_phone.html", context, status=422)
    number = reveal_phone(
        customer=customer,
        reason=form.cleaned_data["reason"],
        actor=current_user(request),
        now=timezone.now(),
        ip=client_ip(request),
    )
    return render(request, "customers/_phone_shown.html", {"number": number})


@require_POST
@permission_required("customers.log_interaction", raise_exception=True)
@idempotent()
def interaction_add(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Log a talk with its result and next step (CUS-44)."""
    customer = find_to_work_on(user=current_user(request), customer_id=customer_id)
    if customer is None:
        raise Http404
    form = InteractionForm(request.POST)
    if not form.is_valid():
        return _detail(request, get_customer(request, customer_id), form=form, status=422)
    try:
        log_interaction(
            customer=customer,
            entry=form.entry(),
            actor=current_user(request),
            now=timezone.now(),
        )
    except ValidationError as error:
        add_errors(form, error)
        return _detail(request, get_customer(request, customer_id), form=form, status=422)
    if not request.htmx:
        return go_to(request, customer.get_absolute_url())
    fresh = get_customer(request, customer_id)
    response = _detail(request, fresh, form=_composer(fresh))
    add_toast(response, _("Follow-up for %(name)s saved.") % {"name": customer.name})
    add_event(response, "interaction-logged", {"customer": customer.pk})
    return response


@require_POST
@permission_required("customers.assign_customer", raise_exception=True)
@idempotent()
def customer_assign(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Give the customer to another consultant, with a reason (CUS-49)."""
    customer = get_customer(request, customer_id)
    form = AssignForm(request.POST, request=request)
    if form.is_valid():
        actor, now = current_user(request), timezone.now()
        try:
            with as_seen(request, customer, "owner"):
                assign_customer(customer=customer, actor=actor, now=now, **form.cleaned_data)
        except OverCapError as refusal:
            form.add_error("over_cap", str(refusal))
    if form.errors:
        context = {"customer": customer, "form": form, "title": _("Assign")}
        return render(request, "customers/customer_assign.html", context, status=422)
    return go_to(request, customer.get_absolute_url())
