"""What of the desk somebody sees: the calls and messages of the own projects (PLT-02)."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from crm_site.staff.rules.organisation import Scope
from service.desk.rules.calls import LIVE

WORK, LEAD = "service.work_desk", "service.lead_desk"


def place_filter(user: Any, *, prefix: str = "") -> Q | None:
    """Return the condition of rows with a project that ``user`` sees; ``None`` for all.

    What belongs to no project yet is seen by everybody who works at the desk.
    """
    scope = user.role_definition.scope if user.is_authenticated else Scope.NONE
    if scope is Scope.COMPANY:
        return None
    node = user.node if user.is_authenticated else None
    if node is None or scope in (Scope.NONE, Scope.OWN, Scope.TEAM):
        return Q(pk__in=[])
    nowhere = Q(**{f"{prefix}project__isnull": True})
    if scope is Scope.REGION:
        return nowhere | Q(**{f"{prefix}project__node__region_id": node.region_id})
    return nowhere | Q(**{f"{prefix}project_id": node.project_id})


class OfDeskQuerySet(models.QuerySet[Any]):
    """Rows with a project, seen by who works at the desk of it."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the user's projects; none without the right to work at the desk."""
        if not user.is_authenticated or not user.has_perm(WORK):
            return self.none()
        condition = place_filter(user)
        return self if condition is None else self.filter(condition)


class CallQuerySet(OfDeskQuerySet):
    """Questions about calls."""

    def live(self) -> Self:
        """Return the calls that ring or are spoken."""
        return self.filter(state__in=[each.value for each in LIVE])

    def for_seat(self, user: Any) -> Self:
        """Return the live calls at the extension of ``user``."""
        return self.live().filter(agent=user)


class SampleQuerySet(models.QuerySet[Any]):
    """Questions about calls drawn for quality."""

    def visible_to(self, user: Any) -> Self:
        """Return all of the own desk for who leads it; agents see how their own were scored."""
        if not user.is_authenticated or not user.has_perm(WORK):
            return self.none()
        if not user.has_perm(LEAD):
            return self.filter(agent=user, sheet__state="complete")
        condition = place_filter(user)
        return self if condition is None else self.filter(condition)
