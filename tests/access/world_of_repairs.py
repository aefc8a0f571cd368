"""One record of each kind of repairs, for the tests of access."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from customers.models import Customer
from service.repairs.models import Contractor, UpkeepItem, UpkeepPlan
from service.repairs.services import charging, orders
from service.tickets.drafts import TicketDraft

NOBODYS = 2**31


def repairs_of(customer: Customer, people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds those of the parts before."""
    now, actor = timezone.now(), people["service_manager"]
    contractor = Contractor.objects.create(
        name="华东建工三处", trades=["sealing"], contact="许工", phone="+8613666667777"
    )
    draft = TicketDraft(
        kind="repair",
        project=made["unit"].project,
        unit=made["unit"],
        customer=customer,
        subject="阳台渗水",
    )
    order = orders.open_repair(
        draft=draft, part="waterproofing", trade="sealing", actor=actor, now=now
    )
    sending = orders.Sending(contractor=contractor, start=now, until=now + timedelta(hours=2))
    orders.dispatch(order=order, sending=sending, actor=actor, now=now)
    charge = charging.claim(order=order, amount=Decimal(800), reason="返工", actor=actor, now=now)
    plan = UpkeepPlan.objects.create(project=made["unit"].project, name="2026", owner=actor)
    item = UpkeepItem.objects.create(
        plan=plan, title="屋面", part="decoration", cost=1000, due_on=timezone.localdate(now)
    )
    return {
        "repair_id": order.pk,
        "repair_photo_id": NOBODYS,
        "charge_id": charge.pk,
        "contractor_id": contractor.pk,
        "measure": "jobs",
        "upkeep_id": plan.pk,
        "upkeep_item_id": item.pk,
    }
