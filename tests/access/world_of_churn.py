"""One record of each kind of churn, for the tests of access."""

from typing import Any

from django.utils import timezone

from analytics.churn.models import ChurnLoss, ChurnLossReason, ChurnScore
from customers.models import Customer


def churn_of(customer: Customer, _people: dict[str, Any], _made: dict[str, Any]) -> dict[str, Any]:
    """Return values for the names in addresses: a score and a loss of the customer."""
    now = timezone.now()
    ChurnScore.objects.create(
        customer=customer,
        stage="lead",
        probability=0.45,
        points=55,
        noted=55,
        at_stake=450_000,
        wanted="yellow",
        level="yellow",
        blocks={"service": 0.4},
        reasons=[["silence", 1.2, 0.4]],
        engine="card",
        scored_at=now,
    )
    loss = ChurnLoss.objects.create(
        customer=customer,
        on=timezone.localdate(now),
        rule="gave_up",
        stage="lead",
        project=customer.project,
        main_reason="delay",
        scene="after_sales",
        source="world",
        recorded_at=now,
    )
    ChurnLossReason.objects.create(loss=loss, reason="delay")
    return {"churn_loss_id": loss.pk}
