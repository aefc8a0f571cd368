"""The questions asked of planning, limited to what a user may see, and its rights."""

from typing import Any, Final, Self

from django.db import models

from customers.models.customer import Customer

VIEW: Final = "marketing.view_planning"
KEEP: Final = "marketing.keep_planning"
SEND: Final = "marketing.send_sheets"


class SendingQuerySet(models.QuerySet[Any]):
    """Questions about sheets handed over."""

    def visible_to(self, user: Any) -> Self:
        """Return those to customers ``user`` may see."""
        return self.filter(customer__in=Customer.objects.visible_to(user).order_by().values("pk"))
