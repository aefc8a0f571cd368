"""One queue of every channel, the seats and their presence, all contacts of a customer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from customers.record_tabs import render_tab
from customers.selectors.record import find
from service.desk import queue, selectors
from service.desk.forms import SeatForm, VisitForm
from service.desk.models import DeskMessage, DeskSeat
from service.desk.querysets import LEAD, WORK
from service.desk.services.intake import Incoming, take_message
from service.desk.services.queueing import give_back, take_from_queue
from service.desk.services.seats import keep_seat
from service.desk.views import bar_of

LONGEST_THREAD = 100
FORM = "service/desk/form.html"


@require_safe
@permission_required(WORK, raise_exception=True)
def desk_queue(request: HtmxHttpRequest) -> HttpResponse:
    """Show what waits, of every channel in one order; ``?skills=mine`` only what one can do."""
    user, now = current_user(request), timezone.now()
    seat = DeskSeat.objects.filter(user=user).first()
    is_mine = request.GET.get("skills") == "mine" and seat is not None
    skills = set(seat.skills) if is_mine and seat else None
    items = queue.waiting(user, skills=skills, now=now)
    context = bar_of(user, now) | {"items": items, "is_mine": is_mine, "seat": seat, "now": now}
    return render(request, "service/desk/queue.html", context)


def _message(request: HtmxHttpRequest, message_id: int) -> DeskMessage:
    rows = DeskMessage.objects.visible_to(current_user(request))
    found: DeskMessage | None = rows.filter(pk=message_id).first()
    if found is None:
        raise Http404
    return found


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def message_take(request: HtmxHttpRequest, message_id: int) -> HttpResponse:
    """Take a message out of the queue and go to it."""
    message = _message(request, message_id)
    take_from_queue(message=message, actor=current_user(request), now=timezone.now())
    return redirect("service:message-detail", message_id=message.pk)


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def message_return(request: HtmxHttpRequest, message_id: int) -> HttpResponse:
    """Put a message one took back into the queue."""
    give_back(message=_message(request, message_id), actor=current_user(request))
    return redirect("service:desk-queue")


@require_safe
@permission_required(WORK, raise_exception=True)
def message_detail(request: HtmxHttpRequest, message_id: int) -> HttpResponse:
    """Show a message as it came in, and the ticket it became."""
    user = current_user(request)
    rows = DeskMessage.objects.select_related("ticket", "project", "taken_by")
    message = rows.get(pk=_message(request, message_id).pk)
    customer = find(user=user, customer_id=message.customer_id) if message.customer_id else None
    context = bar_of(user, timezone.now()) | {
        "message": message,
        "customer": customer,
        "number": selectors.number_of(message, user, customer),
        "may_return": message.taken_by_id == user.pk,
    }
    return render(request, "service/desk/message.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def visit_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write down what somebody brought in person, in a chat or in a letter (SVC-11)."""
    user, now = current_user(request), timezone.now()
    form = VisitForm(request.POST or None, user=user)

    def save(valid: VisitForm) -> str:
        key = request.POST.get("idempotency_key") or f"{user.pk}-{now.timestamp()}"
        try:
            incoming = Incoming(key=key[:80], **valid.cleaned_data)
            message = take_message(incoming, actor=user, now=now)
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        words = _("%(number)s is in the queue.") % {"number": message.ticket.number}
        messages.success(request, words)
        return reverse("service:desk-queue")

    context = {
        "title": _("Write a visit down"),
        "submit_label": _("Put it into the queue"),
        "cancel_url": reverse("service:desk-queue"),
        "draft": "desk-visit",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(LEAD, raise_exception=True)
def desk_team(request: HtmxHttpRequest) -> HttpResponse:
    """Show who sits at the desk, their presence, and what they did today."""
    rows = queue.team(current_user(request), now=timezone.now())
    return render(request, "service/desk/team.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def seat_add(request: HtmxHttpRequest) -> HttpResponse:
    """Give an agent a seat, or change extension and skills of the one they have."""
    user = current_user(request)
    form = SeatForm(request.POST or None, agents=queue.agents_of(user))

    def save(valid: SeatForm) -> str:
        try:
            keep_seat(**valid.cleaned_data, actor=user, now=timezone.now())
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        return reverse("service:desk-team")

    context: dict[str, Any] = {
        "title": _("Seat of an agent"),
        "submit_label": _("Save"),
        "cancel_url": reverse("service:desk-team"),
        "draft": "desk-seat",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(WORK, raise_exception=True)
def customer_contacts(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show every contact of a customer over all channels as one thread (SVC-24)."""
    user, now = current_user(request), timezone.now()
    customer = find(user=user, customer_id=customer_id)
    if customer is None:
        raise Http404
    contacts = selectors.contacts_of(customer, user=user, limit=LONGEST_THREAD)
    context = {"contacts": contacts, "measures": queue.measures_of(customer, user=user, now=now)}
    template = "service/desk/_contacts.html"
    return render_tab(request, customer, key="contacts", template=template, context=context)
