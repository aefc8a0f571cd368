"""Questions about warnings and cases; rows are seen as their customers are."""

from typing import Any, Self

from django.db.models import Q

from analytics.churn.querysets import OfCustomerQuerySet

VIEW = "analytics.view_winback"
WORK = "analytics.work_winback"
HOLDOUT = "analytics.view_holdout"
RECOVERY = "analytics.view_recovery"


class AlertQuerySet(OfCustomerQuerySet):
    """Questions about warnings."""

    def visible_to(self, user: Any) -> Self:
        """Return the warnings of customers one may see; those left alone only for managers."""
        if not user.has_perm(VIEW):
            return self.none()
        seen = super().visible_to(user)
        return seen if user.has_perm(HOLDOUT) else seen.filter(~Q(arm="control"))

    def left_alone(self) -> Self:
        """Return those of the control group that stand, or of whom it is not known what became."""
        unknown = Q(closed_at__isnull=True) | Q(verdict="")
        return self.filter(unknown, arm="control")

    def open(self) -> Self:
        """Return those that stand."""
        return self.filter(closed_at__isnull=True)

    def for_list(self) -> Self:
        """Return them with what a line prints."""
        return self.select_related("customer", "project", "owner", "case")

    def unjudged(self) -> Self:
        """Return those of which nobody knows yet what became of the customer."""
        return self.filter(verdict="")


class WinbackCaseQuerySet(OfCustomerQuerySet):
    """Questions about cases."""

    def visible_to(self, user: Any) -> Self:
        """Return the cases of customers one may see.

        One that was dropped because its customer is left alone shows that, so only managers see it.
        """
        if not user.has_perm(VIEW):
            return self.none()
        seen = super().visible_to(user)
        return seen if user.has_perm(HOLDOUT) else seen.exclude(alert__arm="control")

    def open(self) -> Self:
        """Return those in work."""
        return self.filter(state="open")

    def worked(self) -> Self:
        """Return those with at least one callback tried."""
        return self.filter(worked_at__isnull=False)

    def judged(self, now: Any) -> Self:
        """Return those whose days are over and that count: the base of every rate (CUS-107)."""
        return self.filter(alert__judge_at__lte=now).exclude(alert__verdict__in=("", "excluded"))

    def for_list(self) -> Self:
        """Return them with what a line prints."""
        return self.select_related("customer", "project", "owner", "alert")


class UpgradeQuerySet(OfCustomerQuerySet):
    """Questions about service upgrades."""

    def running(self, now: Any) -> Self:
        """Return those that are given right now."""
        return self.filter(ended_at__isnull=True, starts_at__lte=now, ends_at__gt=now)
