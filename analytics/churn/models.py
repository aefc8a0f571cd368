"""Tables of churn: scores, their history, losses with their reasons, runs of the nightly job."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from analytics.churn import choices
from analytics.churn.querysets import (
    ChurnLossQuerySet,
    ChurnScoreChangeQuerySet,
    ChurnScoreQuerySet,
)
from analytics.scoring.choices import ENGINES
from customers.models import Customer, Project

USER = settings.AUTH_USER_MODEL
VIEW, LOSSES = "analytics.view_churn", "analytics.view_losses"
RECORD = "analytics.record_loss"


class ChurnScore(models.Model):
    """How likely one customer leaves within the horizon, as of the last run (CUS-98).

    Narrow, one row a customer, written by the job alone; no row means not assessed. ``wanted`` is
    the level by the score, ``level`` what is shown: a red one may wait for the consultant's week.
    """

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="churn_score"
    )
    stage = models.CharField(max_length=12, choices=choices.STAGES)
    probability = models.FloatField(help_text="calibrated, of leaving within the horizon, 0 to 1")
    points = models.PositiveSmallIntegerField(help_text="0 to 100")
    noted = models.PositiveSmallIntegerField(default=0, help_text="points last kept in the history")
    at_stake = models.BigIntegerField(default=0, help_text="probability times value, in yuan")
    wanted = models.CharField(max_length=6, choices=choices.LEVELS)
    level = models.CharField(max_length=6, choices=choices.LEVELS)
    blocks = models.JSONField(default=dict, help_text="block -> share of the logit")
    reasons = models.JSONField(default=list, help_text="at most three: column, value, share")
    engine = models.CharField(max_length=20, help_text="card, logistic, binned, boosting")
    model_version = models.PositiveIntegerField(default=0, help_text="0: the card as delivered")
    scored_at = models.DateTimeField()

    objects: ClassVar[ChurnScoreQuerySet] = ChurnScoreQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_churn", "See who may leave, and why"),
            ("view_losses", "See the analysis of lost customers"),
            ("record_loss", "Record the reasons of a loss"),
        ]
        constraints = [
            models.CheckConstraint(
                name="churn_score_in_range",
                condition=Q(probability__gte=0, probability__lte=1, points__lte=100),
            )
        ]
        indexes = [
            models.Index(fields=["-at_stake", "-customer"], name="churn_score_by_stake"),
            models.Index(fields=["-points", "-customer"], name="churn_score_by_points"),
            models.Index(
                fields=["customer"],
                name="churn_score_waiting_red",
                condition=Q(wanted="red") & ~Q(level="red"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.points}"

    @property
    def engine_words(self) -> str:
        """What scored, in words."""
        return str(ENGINES.get(self.engine, self.engine))


class ChurnScoreChange(models.Model):
    """A score worth remembering: a new one, another level or stage, or points that moved (CUS-98).

    ``after`` is ``none`` when the score was taken away.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="churn_changes")
    at = models.DateTimeField()
    stage = models.CharField(max_length=12, choices=choices.STAGES)
    before = models.CharField(max_length=6, choices=choices.LEVELS)
    after = models.CharField(max_length=6, choices=choices.LEVELS)
    points = models.PositiveSmallIntegerField()
    engine = models.CharField(max_length=20)
    model_version = models.PositiveIntegerField(default=0)

    objects: ClassVar[ChurnScoreChangeQuerySet] = ChurnScoreChangeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["customer", "-at"], name="churn_change_by_customer"),
            models.Index(
                fields=["at", "customer"],
                name="churn_change_to_red",
                condition=Q(after="red") & ~Q(before="red"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.before} → {self.after}"


class ChurnLoss(models.Model):
    """A customer lost by a rule: when, why, in what scene; never erased (CUS-97, CUS-108).

    ``reversed`` takes it back as never true, ``recovered`` says the customer was won back. Money
    is what the lost purchase or the lower budget stood for, in yuan.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="churn_losses")
    on = models.DateField(_("lost on"))
    rule = models.CharField(_("by the rule"), max_length=20, choices=choices.RULES)
    stage = models.CharField(_("stage"), max_length=12, choices=choices.STAGES)
    state = models.CharField(max_length=10, choices=choices.LOSS_STATES, default="standing")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    consultant = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    main_reason = models.CharField(
        _("main reason"), max_length=30, choices=choices.REASONS, help_text="unknown: to be asked"
    )
    scene = models.CharField(_("scene"), max_length=20, choices=choices.SCENES)
    said_by = models.CharField(
        max_length=10, choices=choices.SAID_BY, blank=True, help_text="whose word the reasons are"
    )
    note = models.CharField(_("in the customer's words"), max_length=500, blank=True)
    money = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    source = models.CharField(max_length=40, help_text="what it was found by: lead:12, contract:3")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, help_text="when it was reversed or recovered")
    ended_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    ended_why = models.CharField(max_length=300, blank=True)

    objects: ClassVar[ChurnLossQuerySet] = ChurnLossQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], name="churn_loss_one_standing", condition=Q(state="standing")
            ),
            models.UniqueConstraint(fields=["customer", "source"], name="churn_loss_once_a_source"),
            models.CheckConstraint(
                name="churn_loss_has_reason", condition=~Q(main_reason="") & ~Q(scene="")
            ),
            models.CheckConstraint(
                name="churn_loss_end_dated",
                condition=Q(state="standing", ended_at__isnull=True)
                | (~Q(state="standing") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["-on", "-id"], name="churn_loss_by_day")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.rule} · {self.on}"


class OwnerHealth(models.Model):
    """How content an owner seems, 0 (in distress) to 100; no forecast of leaving (design 1.2)."""

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="health"
    )
    points = models.PositiveSmallIntegerField(help_text="0 to 100, more is better")
    parts = models.JSONField(default=list, help_text="what was taken off: column, value, points")
    scored_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="owner_health_in_range", condition=Q(points__lte=100))
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.points}"


class ChurnLossReason(models.Model):
    """One of the reasons of a loss; the main one is among them (CUS-108)."""

    loss = models.ForeignKey(ChurnLoss, on_delete=models.CASCADE, related_name="reasons")
    reason = models.CharField(max_length=30, choices=choices.REASONS)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["loss", "reason"], name="churn_loss_reason_once")
        ]

    def __str__(self) -> str:
        return self.reason


class ChurnRun(models.Model):
    """One night's scoring; its shards are done once each, by whichever worker takes them."""

    slot = models.CharField(max_length=40, unique=True, help_text="nightly:2026-05-20, manual:…")
    cutoff = models.DateTimeField(help_text="what was recorded later is not looked at")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    failed = models.CharField(max_length=300, blank=True, help_text="why it stopped, in words")
    models_used = models.JSONField(default=dict, help_text="stage -> engine and version")
    kept_back = models.JSONField(default=dict, help_text="stage -> why its scores stay as they are")
    scored = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.slot


class ChurnShard(models.Model):
    """A range of customer ids of a run; done when dated."""

    run = models.ForeignKey(ChurnRun, on_delete=models.CASCADE, related_name="shards")
    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField()
    done_at = models.DateTimeField(null=True)
    scored = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["run", "first_id"], name="churn_shard_once")]

    def __str__(self) -> str:
        return f"{self.first_id}–{self.last_id}"
