"""Frozen figures that their rows no longer give (BEY-03)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.kpis import display
from analytics.kpis.kinds import ScopeKind
from analytics.kpis.models import KpiDifference
from analytics.kpis.places import VIEW, home_of, kpis_for, places_of
from analytics.kpis.question import key_of_period, key_of_place, words_of_period, words_of_place
from analytics.kpis.registry import kpi_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user

ROWS = Listing(
    template="analytics/kpis/differences.html",
    sorts={"latest": ("-found_at", "-id")},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def difference_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the differences of the KPIs and places one sees, the latest first."""
    user = current_user(request)
    names = dict(places_of(user))
    rows = KpiDifference.objects.filter(
        snapshot__kpi__in=[kpi.key for kpi in kpis_for(user)]
    ).select_related("snapshot")
    home = home_of(user)
    if home is None:
        rows = rows.none()
    elif home.kind is not ScopeKind.COMPANY:
        rows = rows.in_places(list(names))

    def present(found: list[Any]) -> list[dict[str, Any]]:
        return [_line(row, names) for row in found]

    context = {"now": timezone.now()}
    return list_page(request, queryset=rows, listing=ROWS, present=present, context=context)


def _line(row: KpiDifference, names: dict[Any, str]) -> dict[str, Any]:
    snapshot = row.snapshot
    kpi, place, period = kpi_of(snapshot.kpi), snapshot.place, snapshot.period
    asked = f"period={key_of_period(period)}&place={key_of_place(place)}"
    return {
        "kpi": kpi,
        "period": words_of_period(period),
        "place": words_of_place(place, names.get(place, "")),
        "figure": display.figure(snapshot.value, kpi.unit),
        "frozen": row.frozen,
        "counted": row.counted,
        "taken_at": snapshot.taken_at,
        "found_at": row.found_at,
        "query": asked,
    }
