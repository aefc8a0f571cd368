"""The questions asked of purchases, limited to what a user may see."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from customers.models.customer import Customer
from customers.purchase.rules import ACTIVE, TIMED

# Still holding the unit by the clock of the database, whether or not the sweep has come by.
STANDING = Q(state__in=[each.value for each in ACTIVE]) & (
    Q(expires_at__isnull=True) | Q(expires_at__gt=Now())
)
LAPSED = Q(state__in=[each.value for each in TIMED]) & Q(expires_at__lte=Now())


class PurchaseQuerySet(models.QuerySet[Any]):
    """Questions about purchases."""

    def visible_to(self, user: Any) -> Self:
        """Return the purchases of the customers ``user`` may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user))

    def standing(self) -> Self:
        """Return those that hold their unit now, by the database's clock."""
        return self.filter(STANDING)

    def lapsed(self) -> Self:
        """Return holds whose time is over and which nobody has closed yet."""
        return self.filter(LAPSED)
