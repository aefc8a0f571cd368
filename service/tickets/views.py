"""Tickets: list, board, receiving one, the page of one, its facts."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.filter_bars import build_filters
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.common.saved_views import ViewedList, address, kept_query, views_for
from crm_site.staff.current import current_user
from service.clocks.selectors.nearest import lit, with_nearest_clock
from service.tickets import board, page
from service.tickets.filters import TicketFilter
from service.tickets.forms import FactsForm, TicketForm, facts_of
from service.tickets.models import Ticket
from service.tickets.services.editing import change_facts
from service.tickets.services.opening import open_ticket

VIEW, LOG = "service.view_tickets", "service.log_ticket"
WORK, LEAD = "service.work_tickets", "service.lead_tickets"
FORM = "service/tickets/form.html"
SORTS = {
    "rank": ("rank", "-opened_at", "-id"),
    "opened": ("-opened_at", "-id"),
    "number": ("number",),
    "due": ("due_at", "id"),
    "step": ("step_due_at", "id"),
}
LIST = Listing(
    template="service/tickets/list.html",
    sorts=SORTS,
    default_sort="rank",
    filter_class=TicketFilter,
)
VIEWED = ViewedList(
    key="tickets",
    url_name="service:ticket-list",
    label=gettext_lazy("Tickets"),
    permission=VIEW,
    columns={"number": gettext_lazy("Ticket")},
    usual=("number",),
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def ticket_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the tickets one sees, urgent ones first (SVC-02)."""
    user = current_user(request)
    views = views_for(user, VIEWED.key)
    first = next((view for view in views if view.is_default), None)
    if first is not None and not request.GET:
        return redirect(address(VIEWED, first))
    now = timezone.now()
    rows = with_nearest_clock(Ticket.objects.visible_to(user).for_list())
    chosen = request.GET.get("view", "")
    context = {
        "views": [
            {"url": address(VIEWED, view), "label": view.name, "current": chosen == f"v{view.pk}"}
            for view in views
        ],
        "query": kept_query(request.GET),
        "may_log": user.has_perm(LOG),
        "may_lead": user.has_perm(LEAD),
        "quick": page.quick_views(request),
        "now": now,
    }
    return list_page(
        request, queryset=rows, listing=LIST, present=lambda found: lit(found, now), context=context
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def ticket_board(request: HtmxHttpRequest) -> HttpResponse:
    """Show the open tickets in columns, one for each state, urgent ones first."""
    rows = Ticket.objects.visible_by_keys(current_user(request)).open()
    filterset = build_filters(TicketFilter, request, rows)
    found = filterset.qs if filterset.is_valid() else rows.none()
    query = request.GET.copy()
    query.pop("state", None)
    context = {
        "columns": board.columns(found, timezone.now()),
        "filter": filterset,
        "rest": query.urlencode(),
    }
    status = 200 if filterset.is_valid() else 422
    return render_page(request, "service/tickets/board.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(LOG, raise_exception=True)
@idempotent()
def ticket_add(request: HtmxHttpRequest) -> HttpResponse:
    """Receive a ticket; whoever receives it is the first responder (SVC-03)."""
    user = current_user(request)
    names = ("kind", "project", "customer", "category", "channel", "unit_name")
    initial = {name: request.GET[name] for name in names if name in request.GET}
    form = TicketForm(request.POST or None, user=user, initial=initial)

    def save(valid: TicketForm) -> str:
        ticket = as_form_error(lambda: open_ticket(valid.draft(), actor=user, now=timezone.now()))
        messages.success(request, _("Ticket %(number)s is open.") % {"number": ticket.number})
        return url_of(ticket)

    context = {
        "title": _("Receive a ticket"),
        "submit_label": _("Receive"),
        "cancel_url": reverse("service:ticket-list"),
        "draft": "ticket",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def ticket_detail(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Show a ticket: its facts, what is next, what happened."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)
    context = page.context_of(request, ticket, user=user, now=timezone.now())
    return render_page(request, "service/tickets/ticket.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def ticket_edit(request: HtmxHttpRequest, ticket_id: int) -> HttpResponse:
    """Change the facts of a ticket, never over a change unseen."""
    ticket, user = get_ticket(request, ticket_id), current_user(request)

    def form(data: Any) -> FactsForm:
        stored = Ticket.objects.select_related("unit__building", "project").get(pk=ticket.pk)
        return FactsForm(data, initial=facts_of(stored), user=user, ticket=stored)

    def save(valid: FactsForm) -> str:
        as_form_error(
            lambda: change_facts(ticket, values=valid.cleaned_data, actor=user, now=timezone.now())
        )
        messages.success(request, _("The ticket is saved."))
        return url_of(ticket)

    return edit_page(
        request,
        edit=edit_of(ticket, user),
        form=form,
        template=FORM,
        save=save,
        context=about(ticket, _("Change the facts"), _("Save")),
    )


def get_ticket(request: HtmxHttpRequest, ticket_id: int) -> Ticket:
    """Return the ticket; 404 when it is missing or not for this user's eyes."""
    rows = Ticket.objects.visible_to(current_user(request)).for_list()
    found: Ticket | None = (
        rows.select_related("cause", "project__node", "merged_into", "group", "purchase")
        .filter(pk=ticket_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def url_of(ticket: Ticket) -> str:
    """Return the address of the page of a ticket."""
    return ticket.get_absolute_url()


def about(ticket: Ticket, title: str, submit_label: str) -> dict[str, Any]:
    """Return what a form about a ticket shows around itself."""
    return {
        "ticket": ticket,
        "title": title,
        "submit_label": submit_label,
        "cancel_url": url_of(ticket),
        "draft": f"ticket-{ticket.pk}",
    }


def as_form_error(run: Any) -> Any:
    """Run a service; what it refuses is an error of the form."""
    try:
        return run()
    except RefusedError as refusal:
        raise ValidationError(str(refusal)) from refusal
