"""The sales papers of a project, sorted, with who has not read them (MKT-57)."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.documents.registry import VIEW
from crm_site.staff.current import current_user
from customers.models import Project
from marketing.selling.papers import WRITE
from marketing.selling.selectors.papers import shelves

SEE_UNITS = "customers.view_units"


@require_safe
@permission_required((VIEW, SEE_UNITS), raise_exception=True)
def sales_papers(request: HtmxHttpRequest) -> HttpResponse:
    """Show the papers of one project (``?project=`` its code); the first one else."""
    user = current_user(request)
    projects = list(Project.objects.visible_to(user).order_by("name", "pk"))
    code = request.GET.get("project", "")
    chosen = next((one for one in projects if one.code == code), projects[0] if projects else None)
    context = {
        "projects": projects,
        "project": chosen,
        "shelves": shelves(chosen, user=user, now=timezone.now()) if chosen else [],
        "may_write": user.has_perm(WRITE),
    }
    return render(request, "marketing/selling/papers.html", context)
