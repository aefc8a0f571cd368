"""The questions asked of what belongs to a building node, limited to what a user may see."""

from typing import Any, Self

from django.db import models

from customers.property.querysets import project_condition


class OfNodeQuerySet(models.QuerySet[Any]):
    """Questions about rows that belong to a project by their node."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the projects ``user`` may see."""
        condition = project_condition(user, prefix="node__project__")
        return self.all() if condition is None else self.filter(condition)
