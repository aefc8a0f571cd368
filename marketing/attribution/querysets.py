"""The questions asked of touches and shares, limited to what a user may see."""

import datetime as dt
from typing import Any, Self

from django.db import models

from customers.querysets import BelongsToCustomer, scope_filter

VIEW = "marketing.view_attribution"


class TouchQuerySet(BelongsToCustomer):
    """Questions about touches: seen by whoever sees their customer."""


class AttributionShareQuerySet(models.QuerySet[Any]):
    """Questions about the shares of contracts."""

    def visible_to(self, user: Any) -> Self:
        """Return the shares of the contracts of customers ``user`` may see."""
        condition = scope_filter(user, prefix="purchase__customer__")
        return self if condition is None else self.filter(condition)

    def of(self, model: str) -> Self:
        """Return the shares under one model."""
        return self.filter(model=model)

    def within(self, start: dt.date, end: dt.date) -> Self:
        """Return the shares of the months that begin from ``start`` on and before ``end``."""
        return self.filter(month__gte=start, month__lt=end)
