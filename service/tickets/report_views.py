"""The monthly report of tickets, and the tickets of one customer."""

from datetime import date, datetime

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.staff.current import current_user
from customers.record_tabs import render_tab
from customers.views.customer_record import get_customer
from service.clocks.rules.months import after, begins
from service.tickets import reports
from service.tickets.models import Ticket
from service.tickets.views import LOG, VIEW

SHOWN = 50
AXIS_LABELS = {
    "category": pgettext_lazy("ticket", "Class"),
    "cause": _("Cause"),
    "severity": _("Severity"),
    "stage": _("Stage"),
    "project": _("Project"),
    "building": _("Building"),
}


@require_safe
@permission_required(VIEW, raise_exception=True)
def ticket_report(request: HtmxHttpRequest) -> HttpResponse:
    """Show the complaints of a month by class, its callbacks, and what was not called back."""
    user, now = current_user(request), timezone.now()
    first = month_of(request.GET.get("month", ""), today=timezone.localdate(now))
    start, end = begins(first), begins(after(first))
    rows = reports.complaints_between(user, start=start, end=end)
    seen = Ticket.objects.visible_to(user)
    context = {
        "month": first,
        "month_text": f"{first:%Y-%m}",
        "total": rows.count(),
        "tables": [
            (str(label), reports.by_axis(rows, axis)) for axis, label in AXIS_LABELS.items()
        ],
        "sites": reports.site_lines(rows),
        "calls": reports.callback_figures(seen, start=start, end=end),
        "late": (late := list(reports.not_called_back(seen.for_list(), now=now))),
        "is_cut": len(late) == reports.LATE_SHOWN,
        "limit_days": reports.CALLBACK_WITHIN.days,
    }
    return render_page(request, "service/tickets/report.html", context)


@require_safe
@permission_required((VIEW, "customers.view_customer"), raise_exception=True)
def customer_tickets(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show the tickets of a customer as a tab of the record."""
    customer, user = get_customer(request, customer_id), current_user(request)
    rows = Ticket.objects.visible_to(user).filter(customer=customer).for_list()
    context = {
        "tickets": list(rows.order_by("-opened_at", "-pk")[:SHOWN]),
        "may_log": user.has_perm(LOG),
    }
    template = "service/tickets/customer_tab.html"
    return render_tab(request, customer, key="service", template=template, context=context)


def month_of(text: str, *, today: date) -> date:
    """Return the first day of the month that ``text`` names (2026-05), else of this month."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 -- a month has no zone
    except ValueError:
        return today.replace(day=1)
