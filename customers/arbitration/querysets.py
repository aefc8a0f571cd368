"""The questions asked of claims, limited to what a user may see."""

from typing import Any, Self

from django.db import models
from django.db.models import OuterRef, Subquery

from customers.models.customer import Customer


class CaseQuerySet(models.QuerySet[Any]):
    """Questions about cases."""

    def visible_to(self, user: Any) -> Self:
        """Return the cases of the customers ``user`` may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user))

    def with_latest(self) -> Self:
        """Return the cases with ``outcome`` and ``party`` of their latest decision."""
        latest = self.model.decisions.rel.related_model._default_manager.filter(
            case=OuterRef("pk")
        ).order_by("-number")
        return self.annotate(
            outcome=Subquery(latest.values("outcome")[:1]),
            party=Subquery(latest.values("party")[:1]),
            decided_at=Subquery(latest.values("at")[:1]),
        )
