"""Merging, splitting and linking tickets."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.staff.current import current_user
from service.tickets import step_forms as forms
from service.tickets.models import TicketLink
from service.tickets.services import linking
from service.tickets.views import FORM, LEAD, WORK, about, as_form_error, get_ticket, url_of


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LEAD, raise_exception=True)
@idempotent()
def ticket_merge(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Merge a double into the ticket that goes on."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    form = forms.OtherForm(request.POST or None, ticket=ticket, user=user)

    def save(valid: forms.OtherForm) -> str:
        into = valid.cleaned_data["number"]
        as_form_error(lambda: linking.merge(ticket, into=into, actor=user, now=timezone.now()))
        messages.success(
            request, _("Merged. %(number)s goes on for both.") % {"number": into.number}
        )
        return url_of(into)

    context = about(ticket, _("Merge into another ticket"), _("Merge"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(LEAD, raise_exception=True)
@idempotent()
def ticket_unmerge(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Let a merged ticket stand by itself again."""
    ticket = get_ticket(request, ticket_id)
    linking.unmerge(ticket, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The ticket stands by itself again."))
    return go_to(request, url_of(ticket))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_split(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Open a ticket of its own for a part of this one."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    form = forms.SplitForm(request.POST or None, ticket=ticket, user=user)

    def save(valid: forms.SplitForm) -> str:
        part: Any = as_form_error(
            lambda: linking.split(ticket, draft=valid.draft(), actor=user, now=timezone.now())
        )
        messages.success(request, _("Ticket %(number)s is open.") % {"number": part.number})
        return url_of(part)

    context = about(ticket, _("Split off a ticket"), _("Split off"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_link(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Link a ticket with another one."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    form = forms.OtherForm(request.POST or None, ticket=ticket, user=user)

    def save(valid: forms.OtherForm) -> str:
        other = valid.cleaned_data["number"]
        as_form_error(
            lambda: linking.link(
                ticket, other=other, kind="related", actor=user, now=timezone.now()
            )
        )
        messages.success(request, _("The tickets are linked."))
        return url_of(ticket)

    context = about(ticket, _("Link another ticket"), _("Link"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_unlink(request: HtmxHttpRequest, ticket_link_id: int) -> HttpResponse:
    """Take a link out."""
    user = current_user(request)
    rows = TicketLink.objects.visible_to(user).select_related("ticket", "other")
    row = rows.filter(pk=ticket_link_id).first()
    if row is None:
        raise Http404
    linking.unlink(row, actor=user, now=timezone.now())
    messages.success(request, _("The link is removed."))
    return go_to(request, url_of(row.ticket))
