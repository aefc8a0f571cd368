"""Who sees which channel, partner, lead and commission."""

from typing import Any, Self

from django.db import models
from django.db.models import Q

from crm_site.staff.rules.organisation import Scope
from customers.models import Project

VIEW = "marketing.view_channels"
KEEP = "marketing.keep_channels"
PARTNERS = "marketing.keep_partners"
SEE_COMMISSION = "marketing.view_commission"
PAY = "marketing.pay_commission"
PORTAL = "marketing.use_partner_portal"


class ChannelQuerySet(models.QuerySet[Any]):
    """Questions about channels."""

    def visible_to(self, user: Any) -> Self:
        """Return all channels to those who may see channels: they belong to the company."""
        return self if user.is_authenticated and user.has_perm(VIEW) else self.none()


class PartnerQuerySet(models.QuerySet[Any]):
    """Questions about partners."""

    def visible_to(self, user: Any) -> Self:
        """Return the partners whose territory has a project of the user's, or is everywhere."""
        if not user.is_authenticated or not (user.has_perm(VIEW) or user.has_perm(SEE_COMMISSION)):
            return self.none()
        if user.role_definition.scope is Scope.COMPANY:
            return self
        own = Project.objects.visible_to(user).values("pk")
        links = self.model.territory.through.objects.filter(project__in=own)
        return self.filter(Q(is_everywhere=True) | Q(pk__in=links.values("partner")))


class OfPartnerQuerySet(models.QuerySet[Any]):
    """Questions about what hangs on a partner."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the partners ``user`` sees."""
        from marketing.channels.models import Partner

        return self.filter(partner__in=Partner.objects.visible_to(user).values("pk"))


class IntakeQuerySet(models.QuerySet[Any]):
    """Questions about leads as they came in."""

    def visible_to(self, user: Any) -> Self:
        """Return what came in for the projects of the user."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))


class CommissionQuerySet(models.QuerySet[Any]):
    """Questions about commission."""

    def visible_to(self, user: Any) -> Self:
        """Return the commission on purchases in the projects of the user."""
        if not user.is_authenticated or not user.has_perm(SEE_COMMISSION):
            return self.none()
        return self.filter(project__in=Project.objects.visible_to(user).values("pk"))


class MediaQuerySet(models.QuerySet[Any]):
    """Questions about accounts in new media."""

    def visible_to(self, user: Any) -> Self:
        """Return the accounts of the company and of the projects of the user."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        own = Project.objects.visible_to(user).values("pk")
        return self.filter(Q(project=None) | Q(project__in=own))
