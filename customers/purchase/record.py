"""Purchases on the record of a customer, in the timeline, and in the day of a consultant."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.property.board import with_state
from customers.property.models import Unit
from customers.purchase import choices
from customers.purchase.models import Purchase
from customers.purchase.rules import SELL, TIMED
from customers.record_tabs import render_tab
from customers.selectors.history import Printed
from customers.selectors.today import FurtherSection, TodayRow, person_of, share_used
from customers.views.customer_record import get_customer

MOST_FOUND = 8
TAB = "purchases"
HISTORY = """
SELECT 'purchase', e.at, e.step::text, concat_ws('-', b.name, nullif(u.entrance, ''), u.number),
    e.reason::text, p.id::text
FROM customers_purchaseevent e JOIN customers_purchase p ON p.id = e.purchase_id
    LEFT JOIN customers_unit u ON u.id = p.unit_id
    LEFT JOIN customers_building b ON b.id = u.building_id
WHERE p.customer_id = %(customer)s ORDER BY e.at DESC LIMIT 10
"""
TIMED_STATES = [each.value for each in TIMED]
HOLDS: tuple[str, str | Promise, str | Promise] = (
    "holds",
    gettext_lazy("Holds that end today"),
    gettext_lazy("Subscribe, renew or release"),
)


@require_safe
@permission_required("customers.view_units", raise_exception=True)
def customer_purchases(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the purchases of a customer; ``?find=`` looks for free units to hold for them."""
    customer, user = get_customer(request, customer_id), current_user(request)
    find = request.GET.get("find", "").strip()[:40]
    rows = Purchase.objects.filter(customer=customer).select_related("unit__building", "project")
    context = {
        "purchases": rows.order_by("-begun_at", "-pk"),
        "may_sell": user.has_perm(SELL),
        "find": find,
        "units": _free_units(user, find) if find else [],
    }
    return render_tab(
        request, customer, key=TAB, template="customers/tabs/purchases.html", context=context
    )


def _free_units(user: User, text: str) -> list[Unit]:
    """Return free units whose number, or building and number, contain ``text``."""
    building, _dash, number = text.rpartition("-")
    units = Unit.objects.visible_to(user).filter(number__icontains=number, withheld_at=None)
    if building:
        units = units.filter(building__name__icontains=building.split("-")[0])
    free = with_state(units).filter(deal=None).select_related("building", "layout")
    return list(free.order_by("building__sort_key", "entrance", "number")[:MOST_FOUND])


def holds_of_today(
    user: User, midnight: dt.datetime, project_id: int | None, now: dt.datetime
) -> list[TodayRow]:
    """Return the user's holds that end before midnight, the first to end on top."""
    mine = Purchase.objects.filter(consultant=user, state__in=TIMED_STATES).standing()
    rows = mine.filter(expires_at__lt=midnight)
    if project_id is not None:
        rows = rows.filter(project=project_id)
    related = ("unit__building", "project", "customer__grading")
    return [_row(each, now) for each in rows.select_related(*related).order_by("expires_at", "pk")]


def _row(purchase: Purchase, now: dt.datetime) -> TodayRow:
    ends: Any = purchase.expires_at
    return TodayRow(
        kind="hold",
        **person_of(purchase.customer),
        why=str(purchase.unit or purchase.project),
        note=str(dict(choices.STATES)[purchase.state]),
        due_at=ends,
        left=ends - now,
        fraction=share_used(purchase.state_since, ends, now),
        action="open",
        url=_url(purchase),
    )


def _url(purchase: Purchase) -> str:
    return reverse("customers:purchase-detail", args=[purchase.pk])


def printed(step: str, unit: str, reason: str, key: str) -> Printed:
    """Return a line of the timeline: icon, title, text, address."""
    title = f"{dict(choices.STEPS).get(step, step)} · {unit}" if unit else str(step)
    return "building", title, reason, reverse("customers:purchase-detail", args=[key])


def section() -> FurtherSection:
    """Return the section of the day."""
    return FurtherSection(*HOLDS, holds_of_today)
