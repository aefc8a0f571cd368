"""The questions asked of papers and transfers, limited to what a user may see."""

from typing import Any, Self

from django.db import models

from customers.models.customer import Customer


class OfPurchaseQuerySet(models.QuerySet[Any]):
    """Questions about what hangs on a purchase."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of customers ``user`` may see."""
        return self.filter(purchase__customer__in=Customer.objects.visible_to(user))
