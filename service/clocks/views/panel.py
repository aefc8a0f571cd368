"""The clocks on the page of a ticket, their proof, and an answer noted for them."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from service.clocks.forms import AnswerForm
from service.clocks.selectors.panel import cards_of
from service.clocks.services.answering import note_answer
from service.tickets.models import Ticket
from service.tickets.querysets import VIEW

WORK = "service.work_tickets"


def get_ticket(request: HtmxHttpRequest, ticket_id: int) -> Ticket:
    """Return the ticket; 404 where it is missing or out of scope."""
    rows = Ticket.objects.visible_to(current_user(request)).select_related("project")
    found: Ticket | None = rows.filter(pk=ticket_id).first()
    if found is None:
        raise Http404
    return found


def panel(request: HttpRequest, ticket: Ticket) -> Mapping[str, Any]:
    """Return what the panel of a ticket shows."""
    now = timezone.now()
    return {
        "ticket": ticket,
        "cards": cards_of(ticket, now),
        "now": now,
        "may_answer": ticket.is_open and request.user.has_perm(WORK),
    }


@require_safe
@permission_required(VIEW, raise_exception=True)
def ticket_clocks(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Show how each due time came about: limits, versions, stretches that counted, every change."""
    ticket = get_ticket(request, ticket_id)
    return render(request, "service/clocks/proof.html", dict(panel(request, ticket)))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_answer(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Note what a person told the customer; it stops the clocks of the answer."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    here = reverse("service:ticket-clocks", args=[ticket.pk])
    form = AnswerForm(request.POST or None)

    def save(valid: AnswerForm) -> str:
        try:
            note_answer(ticket, **valid.cleaned_data, actor=user, now=timezone.now())
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        return here

    context = {
        "title": _("Answer to the customer of %(ticket)s") % {"ticket": ticket.number},
        "submit_label": _("Note it now"),
        "cancel_url": here,
        "draft": f"ticket-answer-{ticket.pk}",
        "trail": [(here, _("Time limits of %(ticket)s") % {"ticket": ticket.number})],
    }
    return form_page(
        request, form=form, template="service/clocks/form.html", save=save, context=context
    )
