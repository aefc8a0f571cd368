"""Questions about scores and losses; rows are seen as their customers are."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Value

from analytics.churn.hooks import left_alone
from customers.querysets import scope_filter


class OfCustomerQuerySet(models.QuerySet[Any]):
    """Rows of customers; a merged customer has none."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the customers ``user`` may see."""
        condition = scope_filter(user, prefix="customer__")
        standing = self.filter(customer__merged_into__isnull=True)
        return standing if condition is None else standing.filter(condition)


class OfScoreQuerySet(OfCustomerQuerySet):
    """Scores and their history; of customers left alone only for those who may know of them."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of customers one may see, but for those left alone (BEY-04)."""
        seen, kept = super().visible_to(user), left_alone()
        if kept is None or user.has_perm(kept.right):
            return seen
        return seen.filter(~_is_left_alone())

    def marked(self) -> Self:
        """Return the rows with ``left_alone``: whether nothing is to be done on purpose."""
        return self.annotate(left_alone=_is_left_alone() if left_alone() else Value(value=False))


class ChurnScoreQuerySet(OfScoreQuerySet):
    """Questions about scores."""


class ChurnScoreChangeQuerySet(OfScoreQuerySet):
    """Questions about the history of scores."""


class ChurnLossQuerySet(OfCustomerQuerySet):
    """Questions about losses."""

    def standing(self) -> Self:
        """Return the losses that are still true."""
        return self.filter(state="standing")

    def counted(self) -> Self:
        """Return the losses that happened, won back or not."""
        return self.exclude(state="reversed")


def _is_left_alone() -> Exists:
    kept = left_alone()
    rows: Any = kept.rows() if kept else None
    return Exists(rows.filter(customer=OuterRef("customer")))
