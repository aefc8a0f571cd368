"""Advice with its evidence and what came of it; plans of a budget."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.value import choices
from analytics.value.tables.worth import YUAN
from crm_site.common.models import TimeStamped
from customers.models import Project
from customers.property.querysets import InProjectQuerySet


class AdviceCard(TimeStamped):
    """One piece of advice for a project, the figures it rests on, and the decision (ANA-54).

    ``evidence`` is frozen when the card is written. ``measured`` is the same figure as
    ``baseline``, taken again some weeks after the decision.
    """

    kind = models.CharField(max_length=8, choices=choices.ADVICE_KINDS)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    slot = models.CharField(max_length=20, help_text="one card of a kind, project and slot")
    evidence = models.JSONField(help_text="figures the advice rests on")
    baseline = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    made_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=choices.ADVICE_STATES, default=choices.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    outcome = models.TextField(_("what came of it"), max_length=1000, blank=True)
    outcome_at = models.DateTimeField(null=True)
    measured = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    measured_at = models.DateTimeField(null=True)

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["kind", "project", "slot"], name="advice_card_once"),
            models.CheckConstraint(
                name="advice_card_decided_by_somebody",
                condition=~Q(state__in=[choices.ACCEPTED, choices.REJECTED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="advice_card_rejected_says_why",
                condition=~Q(state=choices.REJECTED) | ~Q(reason=""),
            ),
        ]
        indexes = [models.Index(fields=["-made_at", "-id"], name="advice_card_latest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.project}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("analytics:value-advice-card", args=[self.pk])


class MixPlan(TimeStamped):
    """A budget to be split over channels (ANA-55)."""

    title = models.CharField(_("title"), max_length=80)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    total = models.DecimalField(_("budget (yuan)"), **YUAN)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    card = models.OneToOneField(
        AdviceCard, null=True, on_delete=models.SET_NULL, related_name="plan"
    )

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="mix_plan_has_budget", condition=Q(total__gt=0) & ~Q(title="")
            )
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="mix_plan_latest")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("analytics:value-mix-plan", args=[self.pk])


class MixLine(TimeStamped):
    """One channel of a plan: what was spent last and what came of it, and the limits."""

    plan = models.ForeignKey(MixPlan, on_delete=models.CASCADE, related_name="lines")
    channel = models.CharField(_("channel"), max_length=60)
    spent = models.DecimalField(_("spent last (yuan)"), **YUAN)
    answers = models.DecimalField(_("answers to it (leads)"), max_digits=12, decimal_places=2)
    spent_before = models.DecimalField(
        _("spent the time before (yuan)"), **YUAN, null=True, blank=True
    )
    answers_before = models.DecimalField(
        _("answers the time before"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    low = models.DecimalField(_("at least (yuan)"), **YUAN, default=0)
    high = models.DecimalField(_("at most (yuan)"), **YUAN, null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["plan", "channel"], name="mix_line_once"),
            models.CheckConstraint(
                name="mix_line_figures",
                condition=Q(spent__gt=0, answers__gt=0, low__gte=0)
                & (Q(high__isnull=True) | Q(high__gte=F("low"))),
            ),
        ]

    def __str__(self) -> str:
        return self.channel
