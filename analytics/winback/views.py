"""Warnings and cases, as lists."""

from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Q
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.winback.filters import ASKS_OVER, AlertFilter, CaseFilter
from analytics.winback.models import ChurnAlert, WinbackCase
from analytics.winback.querysets import HOLDOUT, VIEW
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User

ALERTS: Final = Listing(
    template="analytics/winback/alerts.html",
    sorts={"urgent": ("-rank", "-opened_at", "-id"), "latest": ("-opened_at", "-id")},
    default_sort="urgent",
    filter_class=AlertFilter,
)
CASES: Final = Listing(
    template="analytics/winback/cases.html",
    sorts={"latest": ("-opened_at", "-id")},
    default_sort="latest",
    filter_class=CaseFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def churn_alerts(request: HtmxHttpRequest) -> HttpResponse:
    """Show the warnings that stand, red first; what is over when asked for (CUS-99)."""
    user = current_user(request)
    rows = ChurnAlert.objects.visible_to(user)
    over = any(request.GET.get(name) for name in ASKS_OVER)
    context = {
        "totals": _totals(user),
        "sees_control": user.has_perm(HOLDOUT),
        "now": timezone.now(),
        "is_open": not over,
    }
    seen = rows if over else rows.open()
    return list_page(request, queryset=seen.for_list(), listing=ALERTS, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def winback_cases(request: HtmxHttpRequest) -> HttpResponse:
    """Show the cases, the newest first; the figures of the results lead here (CUS-107)."""
    rows = WinbackCase.objects.visible_to(current_user(request)).for_list()
    context = {"now": timezone.now()}
    return list_page(request, queryset=rows, listing=CASES, context=context)


def _totals(user: User) -> dict[str, Any]:
    """Return how many warnings stand at each level, and how many of the red are left alone."""
    rows = ChurnAlert.objects.visible_to(user).open().order_by()
    return rows.aggregate(
        red=Count("pk", filter=Q(level="red")),
        yellow=Count("pk", filter=Q(level="yellow")),
        green=Count("pk", filter=Q(level="green")),
        control=Count("pk", filter=Q(arm="control")),
    )
