"""How the work lies on the consultants (CUS-51)."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from customers.selectors.workload import workload as read_workload


@require_safe
@permission_required("customers.view_team_work", raise_exception=True)
def workload(request: HtmxHttpRequest) -> HttpResponse:
    """Show open prospects, how long they were not spoken to, and today's new ones, per person."""
    found = read_workload(user=current_user(request), now=timezone.now())
    return render(request, "customers/workload.html", {"load": found})
