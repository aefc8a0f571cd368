"""The project one looks at: chosen in the top bar, kept in the session."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from crm_site.common.htmx import HtmxHttpRequest
from customers.selectors.project_scope import choose_project, project_scope


@require_POST
@permission_required("customers.view_customer", raise_exception=True)
def project_scope_choose(request: HtmxHttpRequest) -> HttpResponse:
    """Look at one project, or with a blank ``project`` at all; go back to where one was."""
    if not choose_project(request, request.POST.get("project", "")):
        raise Http404
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return redirect(wanted)
    return redirect(reverse("customers:today"))


def scope(request: HttpRequest) -> dict[str, Any]:
    """Return ``project_scope`` for the frame of every page; a context processor."""
    return {"project_scope": SimpleLazyObject(lambda: project_scope(request))}
