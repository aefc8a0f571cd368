"""Who sees which segment, opportunity and recommendation."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from crm_site.staff.rules.organisation import Scope
from customers.querysets import scope_filter

VIEW = "marketing.view_segments"
KEEP = "marketing.keep_segments"
EXPORT = "marketing.export_segments"
SEE_CHANCES = "marketing.view_opportunities"
WORK_CHANCES = "marketing.work_opportunities"
SEND = "marketing.send_information"
SEE_PROGRAMME = "marketing.view_programme"
RUN_PROGRAMME = "marketing.run_programme"


def in_place(user: Any, permission: str, *, prefix: str = "") -> Q:
    """Return the condition on ``project`` and ``region`` of what lies wholly in a user's place.

    The size of a segment is a figure about customers, so a segment of a wider place than one's own
    is not seen. Those who see single customers only see none.
    """
    nothing, everything = Q(pk__in=[]), ~Q(pk__in=[])
    if not user.is_authenticated or not user.has_perm(permission):
        return nothing
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.COMPANY:
        return everything
    if node is None:
        return nothing
    if scope is Scope.REGION and node.region_id:
        return Q(**{f"{prefix}region": node.region_id})
    if scope is Scope.PROJECT and node.project_id:
        return Q(**{f"{prefix}project": node.project_id})
    return nothing


class SegmentQuerySet(models.QuerySet[Any]):
    """Questions about segments."""

    def visible_to(self, user: Any) -> Self:
        """Return the segments of one's own place."""
        return self.filter(in_place(user, VIEW))

    def in_use(self) -> Self:
        """Return the segments not put away."""
        return self.filter(is_active=True)


class SegmentSnapshotQuerySet(models.QuerySet[Any]):
    """Questions about frozen segments."""

    def visible_to(self, user: Any) -> Self:
        """Return the snapshots of the segments one sees."""
        return self.filter(in_place(user, VIEW, prefix="segment__"))


class OfTheirCustomerQuerySet(models.QuerySet[Any]):
    """Rows of customers; a merged customer has none."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the customers ``user`` may see."""
        condition = scope_filter(user, prefix="customer__")
        standing = self.filter(customer__merged_into__isnull=True)
        return standing if condition is None else standing.filter(condition)


class OpenChances(OfTheirCustomerQuerySet):
    """Questions about opportunities."""

    def open(self) -> Self:
        """Return those whose outcome is still to come."""
        return self.exclude(state="closed")


class InfoSendQuerySet(OfTheirCustomerQuerySet):
    """Questions about information sent."""


class AudienceQuerySet(models.QuerySet[Any]):
    """Questions about segments given to platforms."""

    def visible_to(self, user: Any) -> Self:
        """Return those of the segments one sees."""
        return self.filter(in_place(user, VIEW, prefix="snapshot__segment__"))
