"""One record of each kind of delays, for the tests of access."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers.models import Customer
from service.delays.models import DelayRisk, DeliveryTerm


def delays_of(customer: Customer, _people: dict[str, Any], made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was sold."""
    now, unit = timezone.now(), made["unit"]
    today = timezone.localdate(now)
    forecast_on = today + timedelta(days=20)
    term = DeliveryTerm.objects.create(
        purchase=made["purchase"],
        project=customer.project,
        building=unit.building,
        deliver_on=today,
        forecast_on=forecast_on,
    )
    risk = DelayRisk.objects.create(
        project=customer.project,
        building=unit.building,
        due_on=today,
        forecast_on=forecast_on,
        days=20,
        homes=1,
        opened_at=now,
    )
    return {"delay_risk_id": risk.pk, "delay_term_id": term.pk}
