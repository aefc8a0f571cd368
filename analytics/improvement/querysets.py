"""Who sees which programme, item, appraisal and reward."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from analytics.improvement.rules.pdca import BOARD
from analytics.reviews.querysets import regional
from crm_site.staff.models import User
from crm_site.staff.rules.organisation import Scope
from crm_site.staff.selectors import staff_under

VIEW = "analytics.view_improvement"
KEEP = "analytics.keep_improvement"
OWN = "analytics.view_own_results"
APPRAISE = "analytics.appraise"
SEE_PAY = "analytics.view_bonus"
PAY = "analytics.run_bonus"
SIGN = "analytics.sign_bonus"
AWARD = "analytics.award_star"


class ImprovementQuerySet(models.QuerySet[Any]):
    """Questions about programmes and items, those of the whole company included."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of one's region and of the whole company."""
        return self.filter(regional(user, VIEW, shared=True))


class PdcaItemQuerySet(ImprovementQuerySet):
    """Questions about improvement items."""

    def running(self) -> Self:
        """Return the items that are neither closed nor dropped."""
        return self.filter(stage__in=[stage.value for stage in BOARD])


def people_under(user: Any) -> Any:
    """Return the active accounts that a person leads, without themselves."""
    if not user.is_authenticated or user.node is None:
        return User.objects.none()
    scope, rows = user.role_definition.scope, User.objects.filter(is_active=True)
    if scope is Scope.COMPANY:
        found = rows.filter(node__isnull=False)
    elif scope in (Scope.REGION, Scope.PROJECT, Scope.TEAM):
        found = staff_under(user.node)
    else:
        return User.objects.none()
    return found.exclude(pk=user.pk)


class PersonQuerySet(models.QuerySet[Any]):
    """Questions about what belongs to a person; ``person`` is the field."""

    def visible_to(self, user: Any) -> Self:
        """Return one's own, what belongs to people one leads, and for pay those of the region."""
        seen = Q(pk__in=[])
        if not user.is_authenticated:
            return self.filter(seen)
        if user.has_perm(OWN):
            seen |= Q(person=user)
        if user.has_perm(APPRAISE):
            seen |= Q(person__in=people_under(user).order_by().values("pk"))
        if user.has_perm(PAY) and user.node is not None:
            seen |= Q(person__node__region=user.node.region_id)
        return self.filter(seen)


class AppraisalQuerySet(PersonQuerySet):
    """Questions about appraisals: drafts are for who appraises."""

    def visible_to(self, user: Any) -> Self:
        """Return what the person may read: own ones only once they are published."""
        found = super().visible_to(user)
        return found.exclude(person=user.pk, state="draft")


class RegionalRows(models.QuerySet[Any]):
    """Questions about the rows of a region that whoever works there may see."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of one's region."""
        return self.filter(regional(user, OWN, shared=True))


class BonusQuerySet(models.QuerySet[Any]):
    """Questions about bonus funds."""

    def visible_to(self, user: Any) -> Self:
        """Return the funds of one's region, for who computes or signs them."""
        return self.filter(regional(user, SEE_PAY))
