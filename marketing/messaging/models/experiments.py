"""Experiments: variants, who was drawn into which, the decision (MKT-41)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models import Customer, Project
from marketing.messaging import choices
from marketing.messaging.querysets import ExperimentQuerySet

USER = settings.AUTH_USER_MODEL


class Experiment(TimeStamped):
    """A question put to customers by treating them differently.

    Who is in which arm follows from ``seed`` and the customer's key, is written down once and
    stays. ``goal_rate`` is the share (0 to 1) that the variant should reach beside ``base_rate``;
    ``least`` is how many each arm needs for that, worked out when the experiment starts.
    """

    title = models.CharField(_("question"), max_length=160)
    kind = models.CharField(_("what differs"), max_length=8, choices=choices.TEST_KINDS)
    metric = models.CharField(_("main metric"), max_length=12, choices=choices.METRICS)
    window_days = models.PositiveSmallIntegerField(_("days that count"), default=14)
    base_rate = models.DecimalField(_("share so far"), max_digits=5, decimal_places=4)
    goal_rate = models.DecimalField(_("share hoped for"), max_digits=5, decimal_places=4)
    least = models.PositiveIntegerField(default=0)
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
    seed = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=choices.TEST_STATES, default="draft")
    owner = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=6, choices=choices.DECISIONS, blank=True)
    winner = models.ForeignKey(
        "Variant", null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("winner")
    )
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    budget = models.DecimalField(
        _("budget for it (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    result = models.JSONField(default=dict, help_text="the figures the decision was taken on")
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ExperimentQuerySet] = ExperimentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("decide_experiments", "Decide experiments and the budget that follows")]
        constraints = [
            models.CheckConstraint(
                name="experiment_rates_differ",
                condition=Q(base_rate__gt=0, base_rate__lt=1, goal_rate__gt=0, goal_rate__lt=1)
                & ~Q(base_rate=F("goal_rate")),
            ),
            models.CheckConstraint(
                name="experiment_decided_says_what",
                condition=~Q(state="decided")
                | (~Q(decision="") & ~Q(reason="") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="experiment_latest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the experiment."""
        return reverse("marketing:experiment", args=[self.pk])


class Variant(models.Model):
    """One way of treating customers; ``weight`` is its part of the draw beside the others."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="variants")
    key = models.CharField(max_length=1)
    name = models.CharField(_("name"), max_length=120)
    is_control = models.BooleanField(default=False)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    template = models.ForeignKey(
        "MessageTemplate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    channel = models.CharField(max_length=8, choices=choices.MEANS, blank=True)

    class Meta:
        default_permissions = ()
        ordering: ClassVar[list[str]] = ["key"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "key"], name="variant_once"),
            models.UniqueConstraint(
                fields=["experiment"], name="variant_one_control", condition=Q(is_control=True)
            ),
            models.CheckConstraint(name="variant_has_weight", condition=Q(weight__gte=1)),
        ]

    def __str__(self) -> str:
        return f"{self.key} · {self.name}"


class Assignment(models.Model):
    """Which variant a customer belongs to, from when on; never changed."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="assignments")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="assignments")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="assignments")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["experiment", "customer"], name="assignment_once")
        ]
        indexes = [models.Index(fields=["variant"], name="assignment_by_variant")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.variant_id}"
