"""Flows: what starts them, their steps, one run per customer and occasion (MKT-38)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.choices import BUYING_STAGES
from customers.models import Customer, Project
from marketing.messaging import choices
from marketing.messaging.models.batches import MessageTemplate
from marketing.messaging.querysets import FlowQuerySet

USER = settings.AUTH_USER_MODEL


class Flow(TimeStamped):
    """Steps that begin by themselves when something happens to a customer of the project."""

    name = models.CharField(_("name"), max_length=120)
    trigger = models.CharField(_("starts when"), max_length=12, choices=choices.TRIGGERS)
    stage = models.CharField(_("buying stage"), max_length=12, choices=BUYING_STAGES, blank=True)
    days = models.PositiveSmallIntegerField(_("days without contact"), null=True, blank=True)
    project = models.ForeignKey(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("project"),
    )
    region = models.ForeignKey(
        "staff.OrgNode", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    campaign_code = models.SlugField(_("campaign code"), max_length=60, blank=True)
    state = models.CharField(max_length=5, choices=choices.FLOW_STATES, default="draft")
    switched_at = models.DateTimeField(null=True, help_text="what happened before starts nothing")
    switched_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[FlowQuerySet] = FlowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="flow_trigger_complete",
                condition=(~Q(trigger__in=("stage", "dwell")) | ~Q(stage=""))
                & (~Q(trigger="dwell") | Q(days__gte=1)),
            ),
            models.CheckConstraint(
                name="flow_on_since", condition=~Q(state="on") | Q(switched_at__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="flow_latest")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the flow."""
        return reverse("marketing:flow", args=[self.pk])


class FlowStep(models.Model):
    """One step: a time to wait, a condition, a message, or a task for the consultant."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("step"), max_length=10, choices=choices.STEP_KINDS)
    hours = models.PositiveSmallIntegerField(_("hours"), null=True, blank=True)
    condition = models.CharField(
        _("condition"), max_length=12, choices=choices.CONDITIONS, blank=True
    )
    template = models.ForeignKey(
        MessageTemplate,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("text"),
    )
    channel = models.CharField(_("channel"), max_length=8, choices=choices.CHANNELS, blank=True)
    words = models.CharField(_("what is to be done"), max_length=120, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "position"], name="flow_step_once"),
            models.CheckConstraint(
                name="flow_step_complete",
                condition=Q(kind="wait", hours__gte=1)
                | (Q(kind="condition") & ~Q(condition=""))
                | (Q(kind="message", template__isnull=False) & ~Q(channel=""))
                | (Q(kind="task") & ~Q(words="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} · {self.kind}"


class FlowRun(models.Model):
    """One customer on the way through a flow; ``position`` is the step that comes next."""

    flow = models.ForeignKey(Flow, on_delete=models.CASCADE, related_name="runs")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="flow_runs")
    occasion = models.CharField(max_length=40, help_text="what started it, once per customer")
    stage = models.CharField(max_length=12, blank=True, help_text="the buying stage at the start")
    started_at = models.DateTimeField()
    position = models.PositiveSmallIntegerField(default=1)
    next_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=choices.RUN_STATES, default="running")
    ending = models.CharField(max_length=12, choices=choices.RUN_ENDINGS, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["flow", "customer", "occasion"], name="flow_run_once_per_occasion"
            ),
            models.CheckConstraint(
                name="flow_run_ended_says_how",
                condition=Q(state="running", ending="", next_at__isnull=False)
                | (~Q(state="running") & ~Q(ending="") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="flow_run_due", condition=Q(state="running")),
            models.Index(
                fields=["customer"], name="flow_run_of_customer", condition=Q(state="running")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow_id} · {self.customer_id}"


class FlowAct(models.Model):
    """What one step did for one run: exactly one row (run, position)."""

    run = models.ForeignKey(FlowRun, on_delete=models.CASCADE, related_name="acts")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=choices.STEP_KINDS)
    at = models.DateTimeField()
    outcome = models.CharField(max_length=30, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="flow_act_once")]

    def __str__(self) -> str:
        return f"{self.run_id} · {self.position}"
