"""Who sees which campaign, budget and cost."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from crm_site.staff.rules.organisation import Scope
from marketing.campaigns.rules.states import COMMITTED, CampaignState

VIEW = "marketing.view_campaigns"
KEEP = "marketing.keep_campaigns"
APPROVE = "marketing.approve_campaign"
APPROVE_LARGE = "marketing.approve_large_campaign"
SEE_MONEY = "marketing.view_budgets"
SET_BUDGET = "marketing.set_budgets"
APPROVE_MOVE = "marketing.approve_budget_move"
ASK_COST = "marketing.request_cost"
APPROVE_COST = "marketing.approve_cost"
PAY_COST = "marketing.pay_cost"


def placed(user: Any, permission: str, *, shared: bool = True) -> Q:
    """Return the condition on ``project`` and ``region`` of what holders of ``permission`` see.

    The company sees all; a region its own; who works in one project its rows. With ``shared`` also
    rows of their region or of the company that belong to no project.
    """
    nothing, everything = Q(pk__in=[]), ~Q(pk__in=[])  # an empty Q would vanish beside an "or"
    if not user.is_authenticated or not user.has_perm(permission):
        return nothing
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.COMPANY:
        return everything
    if node is None or node.region_id is None:
        return nothing
    common = Q(region=node.region_id, project=None) | Q(region=None, project=None)
    if node.project_id is not None and scope is not Scope.REGION:
        own = Q(project=node.project_id)
        return own | common if shared else own
    own = Q(region=node.region_id)
    return own | common if shared else own


class CampaignQuerySet(models.QuerySet[Any]):
    """Questions about campaigns."""

    def visible_to(self, user: Any) -> Self:
        """Return the campaigns of one's projects, and those of one's region and the company."""
        return self.filter(placed(user, VIEW))

    def standing(self) -> Self:
        """Return the campaigns that were not stopped."""
        return self.exclude(state=CampaignState.STOPPED.value)

    def running_on(self, day: date) -> Self:
        """Return the campaigns that run on a day, by their state and dates."""
        return self.filter(state=CampaignState.RUNNING.value, starts_on__lte=day, ends_on__gte=day)

    def awaiting_review(self, *, today: date) -> Self:
        """Return the ended campaigns whose review is late (MKT-21)."""
        return self.filter(state=CampaignState.ENDED.value, review_due_on__lt=today)


class BudgetQuerySet(models.QuerySet[Any]):
    """Questions about budgets."""

    def visible_to(self, user: Any) -> Self:
        """Return the budgets of one's projects, and those above them."""
        return self.filter(placed(user, SEE_MONEY))


class CostQuerySet(models.QuerySet[Any]):
    """Questions about items of cost."""

    def visible_to(self, user: Any) -> Self:
        """Return the cost of one's projects, one's own requests, and what belongs to no project."""
        seen = placed(user, SEE_MONEY)
        if user.is_authenticated and user.has_perm(ASK_COST):
            seen |= Q(requested_by=user)
        return self.filter(seen)

    def committed(self) -> Self:
        """Return what is approved or paid."""
        return self.filter(state__in=[state.value for state in COMMITTED])

    def unallocated(self) -> Self:
        """Return what is charged to no project, campaign or channel (MKT-55)."""
        return self.filter(project=None, campaign=None, channel_code="")

    def without_budget(self) -> Self:
        """Return what counts although no budget holds it: owed by contract, none had enough."""
        return self.committed().filter(node=None)


class OfCampaignQuerySet(models.QuerySet[Any]):
    """Questions about rows that belong to a campaign by their column ``campaign``."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the campaigns one sees."""
        from marketing.campaigns.models import Campaign

        seen = Campaign.objects.visible_to(user).order_by()
        return self.filter(campaign__in=seen.values("pk"))


class PlacedQuerySet(models.QuerySet[Any]):
    """Questions about rows with a project and a region that go with the campaigns."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of one's projects and region."""
        return self.filter(placed(user, VIEW))


class MoveQuerySet(models.QuerySet[Any]):
    """Questions about budget moves."""

    def visible_to(self, user: Any) -> Self:
        """Return the moves out of or into budgets one sees."""
        from marketing.campaigns.models import BudgetNode

        seen = BudgetNode.objects.visible_to(user).order_by().values("pk")
        return self.filter(Q(source__in=seen) & Q(target__in=seen))
