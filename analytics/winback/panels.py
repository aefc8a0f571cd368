"""Running service upgrades, shown where somebody serves the customer: at the desk, on tickets."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analytics.winback.models import ServiceUpgrade
from crm_site.common.display import local_dt
from crm_site.staff.models import User
from customers.models import Customer
from service.desk.hooks import Briefing, register_briefing
from service.tickets.hooks import TicketTab, register_ticket_tab
from service.tickets.models import Ticket

PANEL: Final = "analytics/winback/_ticket.html"
LABEL: Final = gettext_lazy("Better service agreed")


def running_of(customer_id: int | None, now: datetime) -> list[ServiceUpgrade]:
    """Return the upgrades a customer has right now, the one that ends first on top."""
    if customer_id is None:
        return []
    rows = ServiceUpgrade.objects.filter(customer=customer_id).running(now)
    return list(rows.select_related("adviser").order_by("ends_at", "pk"))


def briefings(customer: Customer, _user: User, now: datetime) -> list[Briefing]:
    """Return what the desk minds with a customer who was promised better service."""
    return [
        Briefing(
            title=f"{LABEL}: {upgrade.get_kind_display()}",
            text=_("%(what)s, until %(until)s.")
            % {"what": upgrade.what, "until": local_dt(upgrade.ends_at)},
            url=customer.get_absolute_url(),
        )
        for upgrade in running_of(customer.pk, now)
    ]


def panel(_request: HttpRequest, ticket: Ticket) -> Mapping[str, Any] | None:
    """Return the upgrades of the customer of an open ticket; None where there are none."""
    found = running_of(ticket.customer_id, timezone.now()) if ticket.is_open else []
    return {"upgrades": found} if found else None


def register() -> None:
    """Show upgrades at the desk and on tickets."""
    register_briefing("winback", briefings)
    register_ticket_tab(TicketTab("winback", LABEL, 14, PANEL, panel, "service.view_tickets"))
