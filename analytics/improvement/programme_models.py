"""Programmes with phases, workshops, items in the PDCA cycle, their means and evaluations."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from analytics.improvement import choices
from analytics.improvement.querysets import ImprovementQuerySet, PdcaItemQuerySet
from analytics.improvement.rules.pdca import MEASURED
from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode

USER = settings.AUTH_USER_MODEL
FIGURE: dict[str, Any] = {"max_digits": 16, "decimal_places": 4}
SCORE: dict[str, Any] = {"max_digits": 6, "decimal_places": 2}


class Programme(TimeStamped):
    """A plan to lift customer experience, in three phases with gates (ANA-60, ANA-68)."""

    title = models.CharField(_("title"), max_length=120)
    aim = models.CharField(_("aim"), max_length=500)
    region = models.ForeignKey(
        OrgNode, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("region")
    )
    owner = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("accountable")
    )
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    phase = models.CharField(max_length=16, choices=choices.PHASES, default="diagnosis")
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[ImprovementQuerySet] = ImprovementQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_improvement", "See programmes and improvement items"),
            ("keep_improvement", "Keep programmes and improvement items"),
            ("view_own_results", "See one's own appraisals and rewards, vote for the service star"),
            ("appraise", "Appraise the people one leads"),
            ("view_bonus", "See the bonus funds"),
            ("run_bonus", "Compute and pay the bonus fund"),
            ("sign_bonus", "Sign the bonus fund"),
            ("award_star", "Award the service star"),
        ]
        constraints = [
            models.CheckConstraint(
                name="programme_ends_after_start", condition=Q(ends_on__gte=models.F("starts_on"))
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the programme."""
        return reverse("analytics:programme", args=[self.pk])


class PhaseGate(models.Model):
    """A gate that a programme has passed."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="gates")
    phase = models.CharField(max_length=16, choices=choices.PHASES, help_text="the phase left")
    note = models.CharField(_("what was decided"), max_length=300)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["programme", "phase"], name="phase_gate_once")
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.phase}"


class Workshop(TimeStamped):
    """A diagnosis on site with own experts and advisers from outside (ANA-62)."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="workshops")
    title = models.CharField(_("title"), max_length=120)
    held_on = models.DateField(_("held on"))
    place = models.CharField(_("where"), max_length=120)
    experts = models.CharField(_("own experts"), max_length=300)
    advisers = models.CharField(_("advisers from outside"), max_length=300, blank=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the workshop."""
        return reverse("analytics:workshop", args=[self.pk])


class PdcaItem(TimeStamped):
    """One improvement in its cycle: one track, one department, one accountable person."""

    programme = models.ForeignKey(
        Programme, null=True, on_delete=models.PROTECT, related_name="items"
    )
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("title"), max_length=160)
    track = models.CharField(_("track"), max_length=8, choices=choices.TRACKS)
    theme = models.CharField(_("theme"), max_length=10, choices=choices.THEMES)
    department = models.CharField(_("department"), max_length=16, choices=choices.DEPARTMENTS)
    accountable = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("accountable")
    )
    due_on = models.DateField(_("until"))
    measure = models.CharField(_("what is measured"), max_length=160)
    baseline = models.DecimalField(_("value before"), **FIGURE)
    goal = models.DecimalField(_("value to reach"), **FIGURE)
    stage = models.CharField(max_length=8, choices=choices.STAGES, default="plan")
    cycle = models.PositiveSmallIntegerField(default=1)
    previous = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="following"
    )
    measured = models.DecimalField(**FIGURE, null=True, help_text="the result of the cycle")
    order_reason = models.CharField(max_length=300, blank=True)
    decision = models.CharField(max_length=10, choices=choices.DECISIONS, blank=True)
    ended_on = models.DateField(null=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[PdcaItemQuerySet] = PdcaItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="pdca_check_needs_a_result",
                condition=~Q(stage__in=[stage.value for stage in MEASURED])
                | Q(measured__isnull=False),
            ),
            models.CheckConstraint(
                name="pdca_ended_has_day",
                condition=Q(stage__in=["closed", "dropped"], ended_on__isnull=False)
                | (~Q(stage__in=["closed", "dropped"]) & Q(ended_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="pdca_one_track", condition=Q(track__in=[key for key, _l in choices.TRACKS])
            ),
        ]
        indexes = [models.Index(fields=["stage", "due_on"], name="pdca_by_stage")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the item."""
        return reverse("analytics:pdca-item", args=[self.pk])


class PdcaEvent(models.Model):
    """A step of an item: from where to where, with what was said and measured."""

    item = models.ForeignKey(PdcaItem, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    from_stage = models.CharField(max_length=8, choices=choices.STAGES, blank=True)
    to_stage = models.CharField(max_length=8, choices=choices.STAGES)
    words = models.TextField(max_length=2000)
    measured = models.DecimalField(**FIGURE, null=True)
    actor = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.item_id} {self.to_stage}"


class ItemResource(models.Model):
    """What an item may use of one kind of means, and what it used (ANA-66)."""

    item = models.ForeignKey(PdcaItem, on_delete=models.CASCADE, related_name="resources")
    kind = models.CharField(max_length=10, choices=choices.RESOURCES)
    planned = models.DecimalField(max_digits=14, decimal_places=2)
    used = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["item", "kind"], name="item_resource_once"),
            models.CheckConstraint(
                name="item_resource_not_negative", condition=Q(planned__gte=0, used__gte=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.kind}"

    @property
    def is_over(self) -> bool:
        """Whether more was used than planned."""
        return self.used > self.planned


class Finding(models.Model):
    """What a workshop found; it becomes an item (ANA-62)."""

    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="findings")
    text = models.CharField(_("finding"), max_length=300)
    owner = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    item = models.OneToOneField(
        PdcaItem, null=True, on_delete=models.PROTECT, related_name="finding"
    )
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.text


class ProgrammeEvaluation(models.Model):
    """The score of a programme in three dimensions, frozen with the figures it rests on."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="evaluations")
    starts_on = models.DateField()
    ends_on = models.DateField(help_text="the last day")
    customer = models.DecimalField(null=True, **SCORE)
    business = models.DecimalField(null=True, **SCORE)
    process = models.DecimalField(null=True, **SCORE)
    total = models.DecimalField(null=True, **SCORE)
    facts = models.JSONField(help_text="what each score rests on")
    note = models.CharField(_("judgement"), max_length=500)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.programme_id} {self.at:%Y-%m-%d}"
