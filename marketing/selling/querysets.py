"""Who sees which record of selling."""

from typing import Any, Final, Self

from django.db import models
from django.db.models import Q

from customers.property.querysets import project_condition

VIEW: Final = "marketing.view_sales_plan"
KEEP: Final = "marketing.keep_sales_plan"
SIGN: Final = "marketing.sign_sales_plan"


class SalesPlanQuerySet(models.QuerySet[Any]):
    """Questions about sales plans."""

    def visible_to(self, user: Any) -> Self:
        """Return the plans of the projects whose units ``user`` may see, with the right to."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        condition = project_condition(user, prefix="project__")
        return self.filter(condition if condition is not None else ~Q(pk__in=[]))

    def in_force(self) -> Self:
        """Return the approved versions; at most one of a project and span."""
        return self.filter(state="approved")
