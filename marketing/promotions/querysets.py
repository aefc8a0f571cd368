"""The questions asked of promotions, limited to what a user may see, and their rights."""

from datetime import datetime
from typing import Any, Final, Self

from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.models.project import Project

VIEW: Final = "marketing.view_promotions"
KEEP: Final = "marketing.keep_promotions"
APPLY: Final = "marketing.apply_promotions"
SIGN: Final = "marketing.sign_promotions"
DIRECT: Final = "marketing.direct_promotions"
REFUND: Final = "marketing.refund_groups"


class PromotionQuerySet(models.QuerySet[Any]):
    """Questions about promotions."""

    def visible_to(self, user: Any) -> Self:
        """Return those of the projects ``user`` may see."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        return self.filter(project__in=Project.objects.visible_to(user).order_by().values("pk"))

    def applicable(self, now: datetime) -> Self:
        """Return what holds at ``now``: approved, within its time, with stock left."""
        return self.filter(
            Q(stock__isnull=True) | Q(taken__lt=models.F("stock")),
            state="approved",
            starts_at__lte=now,
            ends_at__gt=now,
        )


class OfPromotionQuerySet(models.QuerySet[Any]):
    """Questions about what hangs on a promotion: groups."""

    def visible_to(self, user: Any) -> Self:
        """Return those of the projects ``user`` may see."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        seen = Project.objects.visible_to(user).order_by().values("pk")
        return self.filter(promotion__project__in=seen)


class IssueQuerySet(models.QuerySet[Any]):
    """Questions about issues of coupons."""

    def visible_to(self, user: Any) -> Self:
        """Return those of the projects ``user`` may see."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        return self.filter(project__in=Project.objects.visible_to(user).order_by().values("pk"))


class CouponQuerySet(models.QuerySet[Any]):
    """Questions about coupons."""

    def visible_to(self, user: Any) -> Self:
        """Return the coupons of customers ``user`` may see."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        return self.filter(customer__in=Customer.objects.visible_to(user).order_by().values("pk"))
