"""The catalogue of services by stage of sale, and what customers book (SVC-13, 15, 104)."""

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Avg, Count
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from service.knowledge import choices
from service.knowledge.rules.booking import TRANSITIONS, OrderState, missing_contents
from service.knowledge.service_forms import STEPS, BookForm, ItemForm, step_form
from service.knowledge.service_models import VIEW, ServiceItem, ServiceOrder
from service.knowledge.services import booking
from service.tickets.models import Ticket

EDIT, BOOK = "service.edit_services", "service.book_services"
FORM = "service/knowledge/form.html"


class OrderFilter(filters.FilterSet):
    """By state and service."""

    state = filters.MultipleChoiceFilter(label=gettext_lazy("State"), choices=choices.ORDER_STATES)
    item = filters.ModelChoiceFilter(
        label=gettext_lazy("Service"), queryset=ServiceItem.objects.order_by("name")
    )

    class Meta:
        model = ServiceOrder
        fields = ["state", "item"]


ORDERS = Listing(
    template="service/knowledge/orders.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=OrderFilter,
)
STEP_TITLES = {
    "confirmed": gettext_lazy("Confirm the booking"),
    "delivered": gettext_lazy("The service was delivered"),
    "rated": gettext_lazy("Rating of the service"),
    "cancelled": gettext_lazy("Call the booking off"),
}


@require_safe
@permission_required(VIEW, raise_exception=True)
def service_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the catalogue by stage of sale: owner, provider, price, bookings, rating, what lacks."""
    user = current_user(request)
    items = ServiceItem.objects.visible_to(user).select_related("owner")
    counted = items.annotate(booked=Count("orders"), mean=Avg("orders__score"))
    rows = list(counted.order_by("line", "name", "pk"))
    tickets = Ticket.objects.visible_to(user).standing().order_by().values("stage")
    cases = {one["stage"]: one["many"] for one in tickets.annotate(many=Count("pk"))}
    lacking = missing_contents(booking.contents_present())
    context = {
        "stages": [
            {
                "key": key,
                "label": label,
                "items": [row for row in rows if row.stage == key],
                "cases": cases.get(key, 0),
                "lacking": [choices.CONTENT_NAMES[one.key] for one in lacking if one.stage == key],
            }
            for key, label in choices.STAGES
        ],
        "is_complete": not lacking,
        "may_edit": user.has_perm(EDIT),
        "may_book": user.has_perm(BOOK),
    }
    return render_page(request, "service/knowledge/services.html", context)


@require_POST
@permission_required(EDIT, raise_exception=True)
@idempotent()
def service_complete(request: HtmxHttpRequest) -> HttpResponse:
    """Add what the catalogue lacks, oneself as owner."""
    added = booking.add_missing_items(actor=current_user(request), now=timezone.now())
    words = ngettext("%(count)s service added.", "%(count)s services added.", added)
    messages.success(request, words % {"count": added})
    return go_to(request, reverse("service:service-list"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def service_add(request: HtmxHttpRequest) -> HttpResponse:
    """Add a service to the catalogue."""
    user = current_user(request)
    form = ItemForm(request.POST or None, user=user, initial={"owner": user.pk})
    return form_page(
        request, form=form, template=FORM, save=_save, context=_context(_("Add a service"))
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def service_edit(request: HtmxHttpRequest, service_item_id: int) -> HttpResponse:
    """Change a service of the catalogue."""
    item, user = get_item(request, service_item_id), current_user(request)

    def form(data: Any) -> ItemForm:
        return ItemForm(data, user=user, instance=ServiceItem.objects.get(pk=item.pk))

    return edit_page(
        request,
        edit=edit_of(item, user),
        form=form,
        template=FORM,
        save=_save,
        context=_context(item.name),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(BOOK, raise_exception=True)
@idempotent()
def service_book(request: HtmxHttpRequest, service_item_id: int) -> HttpResponse:
    """Book a service for a customer."""
    item, user = get_item(request, service_item_id), current_user(request)
    form = BookForm(request.POST or None, user=user)

    def save(valid: BookForm) -> str:
        try:
            order = booking.book_service(
                item=item, **valid.cleaned_data, actor=user, now=timezone.now()
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        return reverse("service:service-order", args=[order.pk])

    title = _("Book “%(service)s”") % {"service": item.name}
    context = _context(title) | {"submit_label": _("Book")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def order_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what one's customers booked."""
    rows = ServiceOrder.objects.visible_to(current_user(request))
    return list_page(
        request, queryset=rows.select_related("item", "customer", "project"), listing=ORDERS
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def order_detail(request: HtmxHttpRequest, service_order_id: int) -> HttpResponse:
    """Show a booking with every step it took."""
    order, user = get_order(request, service_order_id), current_user(request)
    steps = [
        (state.value, STEP_TITLES[state.value])
        for state in OrderState
        if state in TRANSITIONS[OrderState(order.state)]
    ]
    context = {
        "order": order,
        "events": order.events.select_related("actor").order_by("at", "pk"),
        "steps": steps if user.has_perm(BOOK) else [],
    }
    return render_page(request, "service/knowledge/order.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(BOOK, raise_exception=True)
@idempotent()
def order_step(request: HtmxHttpRequest, service_order_id: int, order_step: str) -> HttpResponse:
    """Take a booking a step on: confirmed, delivered, rated, called off."""
    order, user = get_order(request, service_order_id), current_user(request)
    if order_step not in STEPS:
        raise Http404
    here = reverse("service:service-order", args=[order.pk])
    form = step_form(order_step, order, request.POST or None)

    def save(valid: Any) -> str:
        given = dict(valid.cleaned_data)
        note = given.pop("note", "")
        try:
            booking.move_order(
                order=order, to=order_step, given=given, note=note, actor=user, now=timezone.now()
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        return here

    context = {
        "title": STEP_TITLES[order_step],
        "lead": str(order),
        "submit_label": _("Save"),
        "cancel_url": here,
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


def get_item(request: HtmxHttpRequest, service_item_id: int) -> ServiceItem:
    """Return the service; 404 where there is none."""
    rows = ServiceItem.objects.visible_to(current_user(request))
    found = rows.filter(pk=service_item_id).first()
    if found is None:
        raise Http404
    return found


def get_order(request: HtmxHttpRequest, service_order_id: int) -> ServiceOrder:
    """Return the booking; 404 where its customer is out of scope."""
    rows = ServiceOrder.objects.visible_to(current_user(request))
    found = rows.select_related("item", "customer", "project").filter(pk=service_order_id).first()
    if found is None:
        raise Http404
    return found


def _save(valid: ItemForm) -> str:
    valid.save()
    return reverse("service:service-list")


def _context(title: str) -> dict[str, Any]:
    return {
        "title": title,
        "submit_label": _("Save"),
        "cancel_url": reverse("service:service-list"),
    }
