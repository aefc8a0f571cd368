"""The questions asked of prices, limited to what a user may see."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.property.querysets import InProjectQuerySet


class PriceListQuerySet(InProjectQuerySet):
    """Questions about price lists; those of the projects one sees."""

    def in_force(self, *, at: Any) -> Self:
        """Return the approved lists that count at ``at``."""
        return self.filter(state="approved", effective_at__lte=at)


class CustomersOwnQuerySet(models.QuerySet[Any]):
    """Questions about what belongs to a customer by the column ``customer``."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of customers ``user`` may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user))


class DiscountQuerySet(CustomersOwnQuerySet):
    """Questions about discount requests."""

    def open_at(self, at: Any) -> Self:
        """Return those that wait, and those approved that can still be used."""
        return self.filter(Q(state="waiting") | Q(state="approved", valid_until__gt=at))


class LetterQuerySet(CustomersOwnQuerySet):
    """Questions about commitment letters."""

    def binding_at(self, at: Any) -> Self:
        """Return the letters whose period covers ``at``."""
        return self.filter(valid_from__lte=at, valid_until__gt=at)
