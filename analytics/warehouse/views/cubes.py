"""The explorer of the summary tables and the rows behind a figure (ANA-53)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.warehouse import explorer, words
from analytics.warehouse.forms import CHOSEN, Ask, CubeForm
from analytics.warehouse.places import sight_of
from analytics.warehouse.rules.measures import Fact
from analytics.warehouse.selectors import as_of, base_rows
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import UNPROCESSABLE
from crm_site.staff.current import current_user

VIEW = "analytics.view_cubes"
PAGES = {
    Fact.LEAD: "customers:lead-detail",
    Fact.RESERVATION: "customers:purchase-detail",
    Fact.SIGNATURE: "customers:purchase-detail",
    Fact.CANCELLATION: "customers:purchase-detail",
    Fact.TICKET: "service:ticket-detail",
}


@require_safe
@permission_required(VIEW, raise_exception=True)
def cubes(request: HtmxHttpRequest) -> HttpResponse:
    """Show a measure by two dimensions, narrowed; headings drill down, figures open their rows."""
    form, ask = _asked(request)
    context: dict[str, Any] = {"form": form, "as_of": as_of()}
    if ask is not None:
        context |= {
            "ask": ask,
            "label": words.MEASURES[ask.measure.key],
            "rows_label": words.DIMENSIONS[ask.rows],
            "table": explorer.table(ask, sight_of(current_user(request))),
            "chips": _chips(ask),
            "digits": 2 if ask.measure.unit == "points" else 0,
        }
    return render(request, "analytics/warehouse/cubes.html", context, status=_status(ask))


@require_safe
@permission_required(VIEW, raise_exception=True)
def cube_rows(request: HtmxHttpRequest) -> HttpResponse:
    """List the events that a figure of the explorer counts, as they stand now."""
    form, ask = _asked(request)
    context: dict[str, Any] = {"form": form}
    if ask is not None:
        asked = explorer.question_of(ask, sight_of(current_user(request)))
        found = base_rows(asked, before=_before(request))
        context |= {
            "ask": ask,
            "label": words.MEASURES[ask.measure.key],
            "found": found,
            "lines": _lines(ask, found.rows),
            "chips": _chips(ask),
            "back": f"{reverse('analytics:cubes')}?{explorer.address(ask)}",
            "next": f"?{explorer.address(ask, {'before': found.before})}",
            "has_amount": ask.measure.unit != "",
        }
    return render(request, "analytics/warehouse/rows.html", context, status=_status(ask))


def _asked(request: HtmxHttpRequest) -> tuple[CubeForm, Ask | None]:
    today = timezone.localdate()
    form = CubeForm(request.GET, user=current_user(request), today=today)
    return form, form.ask() if form.is_valid() else None


def _status(ask: Ask | None) -> int:
    return UNPROCESSABLE if ask is None else 200


def _before(request: HtmxHttpRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _chips(ask: Ask) -> list[dict[str, str]]:
    """Return the filters that no field of the form shows, each with the address without it."""
    return [
        {
            "label": f"{words.DIMENSIONS[key]}: {words.namer(key, ask.measure.fact)(value)}",
            "url": f"?{explorer.without(ask, key)}",
        }
        for key, value in ask.where.items()
        if key not in CHOSEN
    ]


def _lines(ask: Ask, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    fact = ask.measure.fact
    shown = ("project", "consultant", "channel", "grade", "stage", "kind", "topic")
    names = {key: words.namer(key, fact) for key in shown}
    return [
        row | {key: name(row[key]) for key, name in names.items()} | {"url": _page_of(fact, row)}
        for row in rows
    ]


def _page_of(fact: Fact, row: dict[str, Any]) -> str:
    if fact in PAGES:
        return reverse(PAGES[fact], args=[row["id"]])
    customer = row["customer"]
    return reverse("customers:customer-detail", args=[customer]) if customer else ""
