"""The handover of the world's unit: its batch, the unit in it, a defect, the risk group."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from crm_site.staff.models import User
from customers.handover.rules import Risk, RiskArea
from customers.handover.services import batches, inspecting
from customers.models import DeliveryRiskGroup, Unit, UnitDelivery


def handed_over(unit: Unit, by: User) -> dict[str, Any]:
    """Return a batch with the unit in it, a defect of the unit, the risk group of its project."""
    now = timezone.localtime()
    day = now.date() + timedelta(days=30)
    batch = batches.plan_batch(
        project=unit.project,
        plan=batches.BatchPlan(
            name="首批", planned_on=day, risks=dict.fromkeys(RiskArea, Risk.LOW)
        ),
        actor=by,
        now=now,
        today=now.date(),
    )
    batches.add_units(batch=batch, units=[unit], actor=by, now=now)
    delivery = UnitDelivery.objects.get(unit=unit)
    defect = inspecting.record_defect(
        delivery=delivery,
        found=inspecting.Found(room="kitchen", trade="walls", severity="major", text="墙面开裂"),
        actor=by,
        now=now,
    )
    group = DeliveryRiskGroup.objects.create(project=unit.project, first_on=day)
    return {"batch": batch, "delivery": delivery, "defect": defect, "group": group}
