"""Who sees which report, measure and review."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from crm_site.staff.rules.organisation import Scope

VIEW = "analytics.view_reviews"
KEEP = "analytics.keep_reviews"
DIRECT = "analytics.direct_reviews"
OWN = "analytics.own_measures"


def place_of(user: Any) -> int | None:
    """Return the region whose figures a person answers for; None means the whole company."""
    if user.role_definition.scope is Scope.COMPANY or user.node is None:
        return None
    region: int | None = user.node.region_id
    return region


def regional(user: Any, permission: str, *, shared: bool = False) -> Q:
    """Return the condition on ``region`` of what holders of ``permission`` see.

    The company sees all; others their region, and with ``shared`` what belongs to no region.
    """
    nothing, everything = Q(pk__in=[]), ~Q(pk__in=[])  # an empty Q would vanish beside an "or"
    if not user.is_authenticated or not user.has_perm(permission):
        return nothing
    if user.role_definition.scope is Scope.COMPANY:
        return everything
    whole = Q(region__isnull=True) if shared else nothing
    if user.node is None or user.node.region_id is None:
        return whole
    return Q(region=user.node.region_id) | whole


class RegionalQuerySet(models.QuerySet[Any]):
    """Questions about rows of a region or of the whole company."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of one's region; all of them for the company."""
        return self.filter(regional(user, VIEW))

    def of_region(self, region_id: int | None) -> Self:
        """Return the rows of one region, or of the company for None."""
        return self.filter(region=region_id) if region_id else self.filter(region__isnull=True)


class MeasureQuerySet(RegionalQuerySet):
    """Questions about measures."""

    def visible_to(self, user: Any) -> Self:
        """Return the measures of one's region, and those one answers for."""
        own = Q(owner=user) if user.is_authenticated and user.has_perm(OWN) else Q(pk__in=[])
        return self.filter(regional(user, VIEW) | own)

    def open(self) -> Self:
        """Return what is not done."""
        return self.filter(done_on__isnull=True)

    def overdue(self, *, today: date) -> Self:
        """Return what is not done and late."""
        return self.open().filter(due_on__lt=today)
