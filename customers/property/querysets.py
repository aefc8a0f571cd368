"""The questions asked of projects and units, limited to what a user may see."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from crm_site.staff.rules.organisation import Scope

VIEW = "customers.view_units"


def project_condition(user: Any, *, prefix: str = "") -> Q | None:
    """Return the condition that ``user``'s place puts on projects; ``None`` for all.

    Units are no personal data: who works in one project sees all of that project, who works for a
    region the projects of the region, head office every project.
    """
    if not user.is_authenticated or not user.has_perm(VIEW):
        return Q(pk__in=[])
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.COMPANY:
        return None
    if node is None:
        return Q(pk__in=[])
    if node.project_id is not None and scope is not Scope.REGION:
        return Q(**{f"{prefix}pk": node.project_id})
    return Q(**{f"{prefix}node__region": node.region_id}) if node.region_id else None


class ProjectQuerySet(models.QuerySet[Any]):
    """Questions about projects."""

    def visible_to(self, user: Any) -> Self:
        """Return the projects whose units ``user`` may see."""
        condition = project_condition(user)
        return self.all() if condition is None else self.filter(condition)


class InProjectQuerySet(models.QuerySet[Any]):
    """Questions about rows that belong to a project by their column ``project``."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the projects ``user`` may see."""
        condition = project_condition(user, prefix="project__")
        return self.all() if condition is None else self.filter(condition)


class UnitQuerySet(InProjectQuerySet):
    """Questions about units."""

    def for_board(self) -> Self:
        """Return the units in the order of the board: entrance, floor from the top, place."""
        return self.order_by("building__sort_key", "entrance", "-floor", "number")
