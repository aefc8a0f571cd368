"""One record of each kind of scoring, for the tests of access."""

from typing import Any

from django.utils import timezone

from analytics.scoring.models import ScoreModel
from customers.models import Customer


def scoring_of(
    _customer: Customer, _people: dict[str, Any], _made: dict[str, Any]
) -> dict[str, Any]:
    """Return values for the names in addresses; ``made`` holds what was made before."""
    candidate = ScoreModel.objects.create(
        kind="churn",
        stage="lead",
        version=1,
        engine="logistic",
        trained_at=timezone.now(),
        rows=1000,
        losses=200,
        checksum="0" * 64,
        data="{}",
    )
    return {"score_model_id": candidate.pk}
