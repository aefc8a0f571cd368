"""The questions asked of what is sent on schedule."""

from typing import Any, Self

from django.db import models


class OfReceiverQuerySet(models.QuerySet[Any]):
    """Rows of one receiver."""

    def visible_to(self, user: Any) -> Self:
        """Return one's own; nobody sees what is sent to others."""
        return self.filter(user=user) if user.is_authenticated else self.none()
