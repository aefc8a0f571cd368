"""Showing the number of whoever reported a ticket, for a stated reason, audited (A-32)."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from crm_site.common.addresses import client_ip
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from customers.errors import RevealRefusedError
from customers.forms import RevealForm
from service.tickets.page import phone_context
from service.tickets.phones import may_reveal, reveal_phone
from service.tickets.views import VIEW, get_ticket


@require_POST
@permission_required(VIEW, raise_exception=True)
def ticket_phone(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Show the number once; without a reason the question is shown again."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    if not may_reveal(user, ticket):
        raise RevealRefusedError
    form = RevealForm(request.POST)
    if not form.is_valid():
        context = {"ticket": ticket, **phone_context(user, ticket), "reveal_form": form}
        return render(request, "service/tickets/_phone.html", context, status=422)
    number = reveal_phone(
        ticket,
        reason=form.cleaned_data["reason"],
        actor=user,
        now=timezone.now(),
        ip=client_ip(request),
    )
    return render(request, "customers/_phone_shown.html", {"number": number})
