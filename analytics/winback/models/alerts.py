"""Warnings, how they moved, and the draw of those left alone (CUS-99, BEY-04)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.churn.choices import STAGES
from analytics.winback import choices
from analytics.winback.querysets import AlertQuerySet
from crm_site.common.models import TimeStamped
from customers.models import Customer, Project

USER = settings.AUTH_USER_MODEL


class ChurnAlert(TimeStamped):
    """A warning that one customer may leave; one stands per customer (CUS-99).

    Counted from ``counted_from`` (opened, or raised to red) the customer has until ``judge_at`` to
    come back by own behaviour; ``verdict`` says whether that happened, whatever the level did
    meanwhile. ``rank`` is the level as a number, for sorting.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="churn_alerts")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", help_text="when it opened"
    )
    level = models.CharField(_("level"), max_length=6, choices=choices.LEVELS)
    rank = models.PositiveSmallIntegerField()
    stage = models.CharField(max_length=12, choices=STAGES, blank=True)
    points = models.PositiveSmallIntegerField(default=0)
    probability = models.FloatField()
    blocks = models.JSONField(default=dict, help_text="block -> share of the logit")
    cause = models.CharField(_("main cause"), max_length=14, choices=choices.CAUSES)
    opened_at = models.DateTimeField()
    level_at = models.DateTimeField(help_text="since when it has this level")
    closed_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, choices=choices.ENDINGS, blank=True)
    arm = models.CharField(
        max_length=8, choices=choices.ARMS, blank=True, help_text="of red ones, as drawn"
    )
    counted_from = models.DateTimeField()
    judge_at = models.DateTimeField()
    behaviour = models.CharField(max_length=10, choices=choices.BEHAVIOURS, blank=True)
    behaviour_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=14, choices=choices.VERDICTS, blank=True)
    verdict_at = models.DateTimeField(null=True)
    policy_version = models.PositiveIntegerField()

    objects: ClassVar[AlertQuerySet] = AlertQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_winback", "See warnings and cases of customers who may leave"),
            ("work_winback", "Work on cases of customers who may leave"),
            ("view_holdout", "See which red warnings are left alone"),
            ("view_recovery", "See whether win-back helps"),
            ("sign_winback", "Approve plans of win-back, first step"),
            ("direct_winback", "Approve plans of win-back, second step; take rewards back"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"],
                name="churn_alert_one_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.CheckConstraint(
                name="churn_alert_closed_says_why",
                condition=Q(closed_at__isnull=True, ending="")
                | (Q(closed_at__isnull=False) & ~Q(ending="")),
            ),
            models.CheckConstraint(
                name="churn_alert_verdict_dated",
                condition=Q(verdict="", verdict_at__isnull=True)
                | (~Q(verdict="") & Q(verdict_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["-rank", "-opened_at", "-id"], name="churn_alert_by_rank"),
            models.Index(fields=["customer", "-opened_at"], name="churn_alert_by_customer"),
            models.Index(fields=["judge_at"], name="churn_alert_unjudged", condition=Q(verdict="")),
            models.Index(fields=["counted_from"], name="churn_alert_by_count"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.level}"

    @property
    def is_control(self) -> bool:
        """Whether it is left alone on purpose."""
        return self.arm == "control"

    @property
    def percent(self) -> float:
        """The probability of leaving, in percent."""
        return 100 * self.probability


class AlertEvent(models.Model):
    """One move of a warning."""

    alert = models.ForeignKey(ChurnAlert, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=choices.MOVES)
    before = models.CharField(max_length=6)
    after = models.CharField(max_length=6)
    points = models.PositiveSmallIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.before} → {self.after}"


class HoldoutDraw(models.Model):
    """The draw of one red warning, written before anything is done about it (BEY-04).

    ``number`` follows from seed, quarter and customer and can be computed again.
    """

    alert = models.OneToOneField(ChurnAlert, on_delete=models.CASCADE, related_name="draw")
    seed = models.CharField(max_length=40)
    quarter = models.CharField(max_length=8)
    drawn_for = models.BigIntegerField(help_text="the customer's key when it was drawn")
    number = models.FloatField(help_text="0 to below 1")
    share = models.DecimalField(max_digits=4, decimal_places=3, help_text="left alone, 0 to 1")
    arm = models.CharField(max_length=8, choices=choices.ARMS)
    drawn_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="holdout_number_in_range",
                condition=Q(number__gte=0, number__lt=1, share__gte=0, share__lte=1),
            )
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} · {self.arm}"
