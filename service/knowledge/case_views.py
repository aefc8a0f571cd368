"""Who waits for a call that the help page promised, and the talk a ticket came from (SVC-12)."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from service.knowledge.help_models import HelpCase
from service.knowledge.querysets import WORK_MISSING
from service.knowledge.services.handing import note_called
from service.tickets.hooks import TicketTab, register_ticket_tab
from service.tickets.models import Ticket

CASES = Listing(
    template="service/knowledge/help_cases.html",
    sorts={"due": ("promised_at", "pk")},
    default_sort="due",
)


@require_safe
@permission_required(WORK_MISSING, raise_exception=True)
def help_case_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the visitors who wait for a person, the one promised first on top."""
    rows = HelpCase.objects.visible_to(current_user(request)).waiting()
    rows = rows.select_related("ticket__project", "ticket__first_responder", "ticket__handler")
    return list_page(request, queryset=rows, listing=CASES, context={"now": timezone.now()})


@require_POST
@permission_required(WORK_MISSING, raise_exception=True)
@idempotent()
def help_case_called(request: HtmxHttpRequest, help_case_id: int) -> HttpResponse:
    """Write down that one got in touch; 409 where somebody did already."""
    user = current_user(request)
    case = HelpCase.objects.visible_to(user).filter(pk=help_case_id).first()
    if case is None:
        raise Http404
    note_called(case=case, actor=user, now=timezone.now())
    messages.success(request, _("Written down. The visitor sees it on the page of the matter."))
    return go_to(request, reverse("service:help-case-list"))


def panel(_request: HttpRequest, ticket: Ticket) -> Mapping[str, Any] | None:
    """Return the whole talk of the help page that a ticket came from, None for other tickets."""
    case = HelpCase.objects.filter(ticket=ticket, talk__isnull=False).select_related("talk").first()
    if case is None or case.talk is None:
        return None
    turns = case.talk.turns.prefetch_related("answers__version__document").order_by("number")
    return {"turns": list(turns)} if turns else None


def register() -> None:
    """Show the talk on the ticket it became."""
    label = gettext_lazy("Talk on the help page")
    register_ticket_tab(TicketTab("talk", label, 18, "service/knowledge/_talk.html", panel))
