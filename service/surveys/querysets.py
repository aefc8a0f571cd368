"""The questions asked of surveys, limited to what a user may see."""

from datetime import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from crm_site.staff.rules.organisation import Scope
from service.surveys.rules.models import Quadrant
from service.surveys.rules.scales import (
    DETRACTOR_TO,
    DISSATISFIED_TO,
    PROMOTER_FROM,
    SATISFIED_FROM,
    Box,
    Camp,
)

VIEW = "service.view_surveys"
MANAGE = "service.manage_surveys"

BOXES: dict[str, Q] = {
    Box.SATISFIED: Q(rating__gte=SATISFIED_FROM),
    Box.NEUTRAL: Q(rating__gt=DISSATISFIED_TO, rating__lt=SATISFIED_FROM),
    Box.DISSATISFIED: Q(rating__lte=DISSATISFIED_TO),
}
CAMPS: dict[str, Q] = {
    Camp.PROMOTER: Q(recommends__gte=PROMOTER_FROM),
    Camp.PASSIVE: Q(recommends__gt=DETRACTOR_TO, recommends__lt=PROMOTER_FROM),
    Camp.DETRACTOR: Q(recommends__lte=DETRACTOR_TO),
}
_BOTH = Q(rating__isnull=False, recommends__isnull=False)
_LIKES, _STAYS = BOXES[Box.SATISFIED], CAMPS[Camp.PROMOTER]
QUADRANTS: dict[str, Q] = {
    Quadrant.LOYAL: _BOTH & _LIKES & _STAYS,
    Quadrant.MERCENARY: _BOTH & _LIKES & ~_STAYS,
    Quadrant.HOSTAGE: _BOTH & ~_LIKES & _STAYS,
    Quadrant.DEFECTOR: _BOTH & ~_LIKES & ~_STAYS,
}


def in_scope(user: Any, *, is_shared: bool) -> Q:
    """Return the condition on ``project`` and ``region`` of what ``user`` may see.

    ``is_shared``: what belongs to no project and no region is for everybody with the right.
    """
    if not user.is_authenticated or not user.has_perm(VIEW):
        return Q(pk__in=[])
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.COMPANY:
        return Q()
    if node is None:
        return Q(pk__in=[])
    shared = Q(project__isnull=True, region__isnull=True) if is_shared else Q(pk__in=[])
    if node.project_id is not None and scope is not Scope.REGION:
        above = Q(project__isnull=True, region=node.region_id) if is_shared else Q(pk__in=[])
        return Q(project=node.project_id) | above | shared
    if node.region_id is None:
        return Q(pk__in=[])
    return Q(region=node.region_id) | shared


class SurveyQuerySet(models.QuerySet[Any]):
    """Questions about surveys."""

    def visible_to(self, user: Any) -> Self:
        """Return the surveys of one's projects, of the region above and of the whole company."""
        return self.filter(in_scope(user, is_shared=True))

    def open_for(self, trigger: str, *, project_id: int | None, region_id: int | None) -> Self:
        """Return the open surveys that ask after ``trigger`` in a project."""
        here = Q(project=project_id) if project_id else Q(pk__in=[])
        region = Q(project__isnull=True, region=region_id) if region_id else Q(pk__in=[])
        everywhere = Q(project__isnull=True, region__isnull=True)
        return self.filter(here | region | everywhere, trigger=trigger, state="open")


class ResponseQuerySet(models.QuerySet[Any]):
    """Questions about answers."""

    def visible_to(self, user: Any) -> Self:
        """Return the answers given in the projects ``user`` sees."""
        return self.filter(in_scope(user, is_shared=False))

    def of_customers(self) -> Self:
        """Return the answers of customers, without those of the staff."""
        return self.filter(of_staff=False)

    def between(self, start: datetime, end: datetime) -> Self:
        """Return the answers given from ``start`` on and before ``end``."""
        return self.filter(at__gte=start, at__lt=end)

    def answered(self, question: str, value: str | None = None) -> Self:
        """Return those who answered a question, with ``value`` where given."""
        answers = self.model.answers.rel.related_model._default_manager
        found = answers.filter(response=OuterRef("pk"), question=question)
        return self.filter(Exists(found if value is None else found.filter(value=value)))
