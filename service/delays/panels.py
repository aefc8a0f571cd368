"""What an agent answers about a delay, shown at the call desk and on tickets while it lasts."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy

from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.models import Customer, Purchase
from service.delays.models import SOLD, VIEW, DelayRisk
from service.delays.papers import hotline_for
from service.delays.policies import rules_at
from service.desk.hooks import Briefing, register_briefing
from service.tickets.hooks import TicketTab, register_ticket_tab
from service.tickets.models import Ticket

MOST = 4
DELAY_LABEL = gettext_lazy("Late here: what to answer")
PANEL = "service/delays/_panel.html"


def answers_for(customer: Customer, user: User, now: datetime) -> list[Briefing]:
    """Return what the hotline answers a customer whose home or facility will be late."""
    if not user.has_perm(VIEW):
        return []
    owned = Purchase.objects.filter(customer=customer, state__in=SOLD, unit__isnull=False)
    places = list(owned.values_list("project_id", "unit__building_id"))
    return _briefings(
        user,
        projects={project for project, _building in places},
        buildings={building for _project, building in places},
        now=now,
    )


def panel(request: HttpRequest, ticket: Ticket) -> Mapping[str, Any] | None:
    """Return what is answered about the home of an open ticket; None where nothing is late."""
    if not ticket.is_open:
        return None
    unit = ticket.unit or (ticket.purchase.unit if ticket.purchase is not None else None)
    found = _briefings(
        current_user(request),
        projects={ticket.project_id},
        buildings={unit.building_id} if unit is not None else set(),
        now=timezone.now(),
    )
    return {"briefings": found} if found else None


def register() -> None:
    """Offer the text at the desk and on tickets."""
    register_briefing("delays", answers_for)
    register_ticket_tab(TicketTab("delay", DELAY_LABEL, 15, PANEL, panel, VIEW))


def _briefings(
    user: User, *, projects: Iterable[int], buildings: Iterable[int], now: datetime
) -> list[Briefing]:
    about = Q(building__in=set(buildings)) | Q(facility__isnull=False, project__in=set(projects))
    rows = DelayRisk.objects.visible_to(user).open().filter(about, step__gt=0).for_list()
    rules, today = rules_at(now), timezone.localdate(now)
    return [
        Briefing(
            title=str(risk),
            text=hotline_for(risk, rules=rules, today=today).text,
            url=risk.get_absolute_url(),
        )
        for risk in rows.order_by("-days", "pk")[:MOST]
    ]
