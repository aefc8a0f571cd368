"""The tabs of the record page: each app registers its own, the page draws those one may open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone

from crm_site.common.htmx import HtmxHttpRequest, render_page, wants_partial
from crm_site.common.navigation import Label
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Customer
from customers.record_page import PAGE, around, note_look

PART = "customers/_tab.html"


@dataclass(frozen=True, slots=True)
class RecordTab:
    """One tab: its view takes ``customer_id`` and answers with ``render_tab``."""

    key: str
    url_name: str
    label: Label
    order: int
    permission: str = "customers.view_customer"


@dataclass(frozen=True, slots=True)
class TabLink:
    """A tab as one user sees it on one record."""

    key: str
    url: str
    label: Label


_tabs: dict[str, RecordTab] = {}


def register_tab(tab: RecordTab) -> None:
    """Offer ``tab`` on every record page; called from ``AppConfig.ready``."""
    _tabs[tab.key] = tab


def tabs_for(user: User, customer: Customer) -> list[TabLink]:
    """Return the tabs ``user`` may open, in order."""
    return [
        TabLink(tab.key, reverse(tab.url_name, args=[customer.pk]), tab.label)
        for tab in sorted(_tabs.values(), key=lambda tab: tab.order)
        if user.has_perm(tab.permission)
    ]


def render_tab(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    key: str,
    template: str,
    context: Mapping[str, Any],
    status: int = 200,
) -> HttpResponse:
    """Return the tab ``key``: strip and content alone for htmx, else the record's page around it.

    ``template`` is included with ``context`` and ``customer``; forms inside it post to their own
    views, which answer with ``render_tab`` again (422 when something is wrong). A whole page shows
    the record, so the look at it is audited like that of the record itself (PLT-03).
    """
    user, now = current_user(request), timezone.now()
    values: dict[str, Any] = {"customer": customer, "tabs": tabs_for(user, customer)}
    values |= {"current_tab": key, "tab_template": template, **context}
    if wants_partial(request):
        return render_page(request, PART, values, status=status)
    if request.method in ("GET", "HEAD"):
        note_look(request, customer, now=now)
    return render_page(request, PAGE, around(request, customer, now=now) | values, status=status)
