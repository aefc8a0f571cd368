"""Questions about scores and losses; rows are seen as their customers are."""

from typing import Any, Self

from django.db import models

from customers.querysets import scope_filter


class OfCustomerQuerySet(models.QuerySet[Any]):
    """Rows of customers; a merged customer has none."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the customers ``user`` may see."""
        condition = scope_filter(user, prefix="customer__")
        standing = self.filter(customer__merged_into__isnull=True)
        return standing if condition is None else standing.filter(condition)


class ChurnScoreQuerySet(OfCustomerQuerySet):
    """Questions about scores."""


class ChurnLossQuerySet(OfCustomerQuerySet):
    """Questions about losses."""

    def standing(self) -> Self:
        """Return the losses that are still true."""
        return self.filter(state="standing")

    def counted(self) -> Self:
        """Return the losses that happened, won back or not."""
        return self.exclude(state="reversed")
