"""What the self-service line tells a customer who proved who they are (SVC-26)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from customers.models import ConstructionNode, Customer, Purchase
from customers.purchase.models import ACTIVE_STATES
from service.desk.hooks import Answers
from service.tickets.models import Ticket

MOST = 5


def _purchases(customer: Customer) -> list[Purchase]:
    rows = Purchase.objects.filter(customer=customer, state__in=ACTIVE_STATES)
    return list(rows.select_related("unit__building", "project").order_by("-begun_at")[:MOST])


def progress(customer: Customer, now: datetime) -> list[str]:
    """Return the last stage reached of each building in which the customer bought."""
    lines = []
    for purchase in _purchases(customer):
        nodes = ConstructionNode.objects.filter(project=purchase.project, reached_on__isnull=False)
        if purchase.unit is not None:
            mine = Q(building=purchase.unit.building_id) | Q(building__isnull=True)
            nodes = nodes.filter(mine)
        last = nodes.filter(reached_on__lte=now.date()).order_by("-reached_on", "-pk").first()
        place = str(purchase.unit or purchase.project)
        if last is None:
            lines.append(_("%(place)s: no stage reported yet.") % {"place": place})
            continue
        values = {"place": place, "node": last.name or last.get_kind_display()}
        values["day"] = f"{last.reached_on:%Y-%m-%d}"
        lines.append(_("%(place)s: %(node)s reached on %(day)s.") % values)
    return lines


def contract(customer: Customer, now: datetime) -> list[str]:
    """Return where each purchase of the customer stands."""
    return [
        _("%(place)s: %(state)s.")
        % {"place": each.unit or each.project, "state": each.get_state_display()}
        for each in _purchases(customer)
    ]


def repair(customer: Customer, now: datetime) -> list[str]:
    """Return where the customer's open repairs and complaints stand."""
    rows = Ticket.objects.filter(customer=customer, kind__in=("repair", "complaint")).open()
    return [
        _("%(number)s: %(state)s.") % {"number": row.number, "state": row.get_state_display()}
        for row in rows.order_by("-opened_at")[:MOST]
    ]


TOPICS: Final[Mapping[str, Answers]] = {
    "progress": progress,
    "contract": contract,
    "repair": repair,
}
