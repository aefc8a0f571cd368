"""Who waits for a call that the help page promised (SVC-12)."""

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from service.knowledge.help_models import HelpCase
from service.knowledge.querysets import WORK_MISSING
from service.knowledge.services.handing import note_called

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
