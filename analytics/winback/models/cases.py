"""The work on a warning: callbacks, the plan, the tools used (CUS-101, CUS-104, ANA-74)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.winback import choices
from analytics.winback.models.alerts import ChurnAlert
from analytics.winback.querysets import WinbackCaseQuerySet
from crm_site.approvals.models import Approval
from crm_site.common.models import TimeStamped
from crm_site.ledger.models import AMOUNT
from customers.models import Customer, DiscountRequest, Project

USER = settings.AUTH_USER_MODEL


class WinbackCase(TimeStamped):
    """What is done about one warning, by whom, at what cost.

    ``turn`` counts the callback tasks; the task of the turn has ``<case>:<turn>`` as its source.
    ``tries`` counts callbacks tried, reached or not.
    """

    alert = models.OneToOneField(ChurnAlert, on_delete=models.CASCADE, related_name="case")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="winback_cases")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    cause = models.CharField(_("main cause"), max_length=14, choices=choices.CAUSES)
    state = models.CharField(max_length=8, choices=choices.CASE_STATES, default="open")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    worked_at = models.DateTimeField(null=True, help_text="the first callback tried")
    said = models.CharField(max_length=10, choices=choices.SAID, blank=True)
    turn = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    channel = models.CharField(max_length=12, choices=choices.CALL_CHANNELS, blank=True)
    due_at = models.DateTimeField(null=True, help_text="of the callback that is open")
    is_provisional = models.BooleanField(default=False)
    escalated_at = models.DateTimeField(null=True, help_text="the supervisor was told of the turn")
    offer = models.CharField(_("offer"), max_length=300, blank=True)
    actions = models.TextField(_("actions"), max_length=2000, blank=True)
    ceiling = models.DecimalField(_("may cost (yuan)"), **AMOUNT, null=True)
    plan_state = models.CharField(max_length=8, choices=choices.PLAN_STATES, default="none")
    planned_at = models.DateTimeField(null=True)
    planned_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    approval = models.OneToOneField(
        Approval, null=True, on_delete=models.PROTECT, related_name="winback_case"
    )

    objects: ClassVar[WinbackCaseQuerySet] = WinbackCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="winback_case_closed_dated",
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="winback_plan_whole",
                condition=Q(plan_state="none")
                | (~Q(offer="") & ~Q(actions="") & Q(ceiling__gte=0)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"], name="winback_open", condition=Q(state="open")
            ),
            models.Index(fields=["-opened_at", "-id"], name="winback_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} · {self.opened_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("analytics:winback-case", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether somebody works on it."""
        return self.state == "open"


class WinbackCall(models.Model):
    """One callback tried: not reached, or its three parts and what came of it (CUS-101)."""

    case = models.ForeignKey(WinbackCase, on_delete=models.CASCADE, related_name="calls")
    turn = models.PositiveIntegerField(help_text="of the task it answers")
    channel = models.CharField(_("channel"), max_length=12, choices=choices.CALL_CHANNELS)
    reached = models.BooleanField(_("reached"))
    problem = models.TextField(_("what went wrong"), max_length=1000, blank=True)
    need = models.TextField(_("what the customer needs"), max_length=1000, blank=True)
    solution = models.TextField(_("what we agreed on"), max_length=1000, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=choices.SAID, blank=True)
    next_at = models.DateTimeField(_("next contact"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "turn"], name="winback_call_once_a_turn"),
            models.CheckConstraint(
                name="winback_call_has_three_parts",
                condition=Q(reached=False, outcome="", problem="", need="", solution="")
                | (
                    Q(reached=True)
                    & ~Q(outcome="")
                    & ~Q(problem="")
                    & ~Q(need="")
                    & ~Q(solution="")
                ),
            ),
            models.CheckConstraint(
                name="winback_call_pending_has_next",
                condition=~Q(outcome="pending") | Q(next_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.turn}"


class ToolUse(models.Model):
    """One use of one of the five tools on a case, with what it cost in yuan (ANA-74)."""

    case = models.ForeignKey(WinbackCase, on_delete=models.CASCADE, related_name="tools")
    tool = models.CharField(max_length=10, choices=choices.TOOLS)
    key = models.CharField(max_length=40, help_text="makes a use count once")
    cost = models.DecimalField(**AMOUNT, default=0)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "tool", "key"], name="winback_tool_once"),
            models.CheckConstraint(name="winback_tool_cost", condition=Q(cost__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.tool}"


class PriceOffer(models.Model):
    """A discount asked for in a case; it stands or falls with its approval (CUS-105)."""

    case = models.ForeignKey(WinbackCase, on_delete=models.CASCADE, related_name="offers")
    discount = models.OneToOneField(
        DiscountRequest, on_delete=models.CASCADE, related_name="winback_offer"
    )
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.case_id} · {self.discount_id}"
