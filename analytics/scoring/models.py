"""The register of score models (BEY-08)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.scoring.choices import ENGINES, KINDS, ModelState
from crm_site.common.models import TimeStamped

VIEW, KEEP = "analytics.view_scoremodels", "analytics.keep_scoremodels"


class ScoreModelQuerySet(models.QuerySet["ScoreModel"]):
    """Questions about the register."""

    def visible_to(self, user: Any) -> Self:
        """Return all models for a user who may see the register: they hold no customer data."""
        return self if user.has_perm(VIEW) else self.none()

    def of(self, kind: str, stage: str = "") -> Self:
        """Return the versions of one model."""
        return self.filter(kind=kind, stage=stage)

    def active(self) -> Self:
        """Return those in use: one at most per kind and stage."""
        return self.filter(state=ModelState.ACTIVE)

    def for_list(self) -> Self:
        """Return them without the stored model itself, which is long."""
        return self.defer("data").select_related("activated_by")


class ScoreModel(TimeStamped):
    """One trained version of a model: what it learned from, how good it is, and the model itself.

    ``data`` is text, not a JSON column: its checksum is over the very figures. ``metrics`` maps the
    level of a stage (``""`` for all) on the later window to its figures; ``refusals`` says
    why it may not be used.
    """

    kind = models.CharField(_("score"), max_length=30)
    stage = models.CharField(_("stage"), max_length=40, blank=True)
    version = models.PositiveIntegerField(_("version"))
    engine = models.CharField(_("method"), max_length=20)
    state = models.CharField(max_length=10, choices=ModelState, default=ModelState.CANDIDATE)
    trained_at = models.DateTimeField(_("trained at"))
    trained_from = models.DateField(null=True)
    trained_to = models.DateField(null=True)
    retrain_on = models.DateField(_("train again on"), null=True)
    rows = models.PositiveIntegerField(_("rows"))
    losses = models.PositiveIntegerField(_("losses"))
    metrics = models.JSONField(default=dict)
    about = models.JSONField(default=dict)
    refusals = models.JSONField(default=list)
    leaks = models.JSONField(default=dict)
    confirmed = models.JSONField(default=list, help_text="leaking columns confirmed by name")
    why = models.TextField(_("reason"), blank=True)
    checksum = models.CharField(max_length=64)
    data = models.TextField()
    activated_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    retired_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ScoreModelQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "stage", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "stage", "version"], name="score_model_version_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "stage"],
                condition=Q(state=ModelState.ACTIVE),
                name="score_model_one_active",
            ),
        ]
        default_permissions = ()
        permissions = [
            ("view_scoremodels", "Can see the register of score models"),
            ("keep_scoremodels", "Can put score models into use and roll them back"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.stage} {self.version}".replace("  ", " ")

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("analytics:score-model", args=[self.pk])

    @property
    def kind_words(self) -> str:
        """Return what it scores, in words."""
        return str(KINDS.get(self.kind, self.kind))

    @property
    def engine_words(self) -> str:
        """Return its method in words."""
        return str(ENGINES.get(self.engine, self.engine))
