"""Projects or regions side by side (PLT-45)."""

from django.contrib.auth.decorators import permission_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from crm_site.staff.models import OrgNode
from customers.filters import visible_projects, visible_regions
from customers.pickers import is_key
from customers.selectors.compare import compare as read_comparison

MOST = 6
FIRST = 2


@require_safe
@permission_required("customers.view_team_work", raise_exception=True)
def compare(request: HtmxHttpRequest) -> HttpResponse:
    """Show the chosen projects or regions side by side; at first the first two in scope."""
    kind = "region" if request.GET.get("kind") == "region" else "project"
    offered = _offered(request, kind)
    asked = {int(key) for key in request.GET.getlist("place") if is_key(key)}
    chosen = [place for place in offered if place.pk in asked][:MOST] or list(offered[:FIRST])
    context = {
        "kind": kind,
        "offered": offered,
        "chosen": {place.pk for place in chosen},
        "found": read_comparison(
            user=current_user(request), kind=kind, places=chosen, now=timezone.now()
        ),
    }
    return render(request, "customers/compare.html", context)


def _offered(request: HtmxHttpRequest, kind: str) -> QuerySet[OrgNode]:
    if kind == "region":
        return visible_regions(request).order_by("name", "pk")
    projects = visible_projects(request)
    return OrgNode.objects.filter(pk__in=projects.values("node")).order_by("name", "pk")
