"""The budget tree, moves between its nodes, and the items of cost charged to it.

A trigger of the database keeps every node from holding less than its children and its own
committed cost together (``budget_never_overspent``), whoever writes and however many at once.
"""

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode
from customers.models.project import Project
from customers.vocabulary import labels
from marketing.campaigns import choices
from marketing.campaigns.models.campaign import MONEY, USER, Campaign
from marketing.campaigns.models.placement import Placement
from marketing.campaigns.querysets import BudgetQuerySet, CostQuerySet, MoveQuerySet
from marketing.campaigns.rules.states import BudgetKind, CostState

GUARD = "budget_never_overspent"


class BudgetNode(TimeStamped):
    """Money for a year at one place: company, project, campaign or channel (MKT-75)."""

    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    kind = models.CharField(_("kind"), max_length=8, choices=choices.BUDGET_KINDS)
    year = models.PositiveSmallIntegerField(_("year"))
    amount = models.DecimalField(_("amount (yuan)"), **MONEY)
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(
        Campaign, null=True, on_delete=models.PROTECT, related_name="budgets"
    )
    channel_code = models.CharField(_("channel"), max_length=60, blank=True)

    objects: ClassVar[BudgetQuerySet] = BudgetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="budget_amount_positive", condition=Q(amount__gte=0)),
            models.CheckConstraint(
                name="budget_place_fits_kind",
                condition=Q(kind="company", parent=None, project=None, campaign=None)
                | Q(kind="project", parent__isnull=False, project__isnull=False, campaign=None)
                | Q(kind="campaign", parent__isnull=False, campaign__isnull=False, channel_code="")
                | Q(kind="channel", parent__isnull=False, campaign__isnull=False)
                & ~Q(channel_code=""),
            ),
            models.UniqueConstraint(
                fields=["year"], name="budget_company_once", condition=Q(kind="company")
            ),
            models.UniqueConstraint(
                fields=["year", "project"], name="budget_project_once", condition=Q(kind="project")
            ),
            models.UniqueConstraint(
                fields=["year", "campaign"],
                name="budget_campaign_once",
                condition=Q(kind="campaign"),
            ),
            models.UniqueConstraint(
                fields=["parent", "channel_code"],
                name="budget_channel_once",
                condition=Q(kind="channel"),
            ),
        ]

    def __str__(self) -> str:
        if self.kind == BudgetKind.CHANNEL:
            name = labels("source").get(self.channel_code, self.channel_code)
            return f"{self.campaign} · {name}"
        place = {BudgetKind.PROJECT: self.project, BudgetKind.CAMPAIGN: self.campaign}
        found: Any = place.get(BudgetKind(self.kind))
        return str(found) if found else f"{self.get_kind_display()} {self.year}"

    def get_absolute_url(self) -> str:
        """Return the page of the budget."""
        return reverse("marketing:budget", args=[self.pk])


class BudgetEvent(models.Model):
    """One change of a budget, with what stood before; rows are only added."""

    node = models.ForeignKey(BudgetNode, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, help_text="set, raised, lowered, moved_in, moved_out")
    before = models.DecimalField(**MONEY)
    after = models.DecimalField(**MONEY)
    note = models.CharField(max_length=300, blank=True)
    move = models.ForeignKey(
        "BudgetMove", null=True, on_delete=models.PROTECT, related_name="events"
    )
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["node", "-at"], name="budget_event_by_node")]

    def __str__(self) -> str:
        return f"{self.node_id} · {self.kind}"

    @property
    def difference(self) -> Decimal:
        """What was added, in yuan; negative where it was taken away."""
        return self.after - self.before


class BudgetMove(TimeStamped):
    """Money that is to go from one budget to another; approved before it moves."""

    source = models.ForeignKey(BudgetNode, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(BudgetNode, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(_("amount (yuan)"), **MONEY)
    reason = models.CharField(_("reason"), max_length=300)
    evidence = models.JSONField(default=dict, help_text="the figures the advice rested on")
    state = models.CharField(max_length=8, choices=choices.MOVE_STATES, default="asked")
    approval_id = models.BigIntegerField(null=True)
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects: ClassVar[MoveQuerySet] = MoveQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="budget_move_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="budget_move_between_two", condition=~Q(source=models.F("target"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

    def get_absolute_url(self) -> str:
        """Return the page of the budget the money goes to."""
        return reverse("marketing:budget", args=[self.target_id])


class CostItem(TimeStamped):
    """One item of cost of marketing or sales: requested, approved, paid, allocated (MKT-55)."""

    on = models.DateField(_("day"))
    amount = models.DecimalField(_("amount (yuan)"), **MONEY)
    kind = models.CharField(
        _("kind"), max_length=10, choices=choices.COST_KINDS, default="marketing"
    )
    item = models.CharField(_("item"), max_length=12, choices=choices.COST_ITEMS, default="other")
    project = models.ForeignKey(
        Project, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    campaign = models.ForeignKey(
        Campaign,
        null=True,
        on_delete=models.PROTECT,
        related_name="costs",
        verbose_name=_("campaign"),
    )
    channel_code = models.CharField(_("channel"), max_length=60, blank=True)
    placement = models.ForeignKey(
        Placement, null=True, on_delete=models.PROTECT, related_name="costs"
    )
    node = models.ForeignKey(BudgetNode, null=True, on_delete=models.PROTECT, related_name="costs")
    state = models.CharField(
        _("state"), max_length=10, choices=choices.COST_STATES, default=CostState.REQUESTED.value
    )
    note = models.CharField(_("for what"), max_length=300)
    payee = models.CharField(_("paid to"), max_length=120, blank=True)
    reference = models.CharField(_("voucher number"), max_length=60, blank=True)
    source_key = models.CharField(max_length=80, blank=True, help_text="of imports and other parts")
    requested_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    approval_id = models.BigIntegerField(null=True)
    approved_at = models.DateTimeField(null=True)
    paid_on = models.DateField(_("paid on"), null=True)

    objects: ClassVar[CostQuerySet] = CostQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="cost_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="cost_state_known", condition=Q(state__in=choices.values(choices.COST_STATES))
            ),
            models.UniqueConstraint(
                fields=["source_key"], name="cost_source_once", condition=~Q(source_key="")
            ),
        ]
        indexes = [
            models.Index(fields=["on"], name="cost_by_day"),
            models.Index(fields=["campaign", "state"], name="cost_by_campaign"),
            models.Index(fields=["node", "state"], name="cost_by_node"),
            models.Index(fields=["project", "on"], name="cost_by_project"),
        ]

    def __str__(self) -> str:
        return self.note

    def get_absolute_url(self) -> str:
        """Return the page of the item."""
        return reverse("marketing:cost", args=[self.pk])

    @property
    def is_unallocated(self) -> bool:
        """Whether it is charged to no project, campaign or channel."""
        return self.project_id is None and self.campaign_id is None and not self.channel_code


class CostEvent(models.Model):
    """A step of an item of cost; rows are only added."""

    cost = models.ForeignKey(CostItem, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, help_text="requested, approved, refused, paid, charged")
    note = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["cost", "at"], name="cost_event_by_cost")]

    def __str__(self) -> str:
        return f"{self.cost_id} · {self.kind}"
