"""The procedure of marketing planning for a project, phase by phase (MKT-06)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode
from customers.models.project import Project
from marketing.campaigns import choices
from marketing.campaigns.models.campaign import USER
from marketing.campaigns.querysets import PlacedQuerySet
from marketing.campaigns.rules.procedure import PlanningState


class PlanningCase(TimeStamped):
    """The marketing plan of a project for a sales phase, from the brief to the review."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="planning_cases")
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")
    phase = models.CharField(_("sales phase"), max_length=16, choices=choices.PHASES)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=choices.PLANNING_STATES,
        default=PlanningState.BRIEF.value,
    )
    owner = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    brief = models.TextField(_("brief"), max_length=4000)
    proposal = models.TextField(_("proposal"), max_length=8000, blank=True)
    verdict = models.TextField(_("result of the review"), max_length=4000, blank=True)
    handed_to = models.CharField(_("handed out to"), max_length=300, blank=True)
    lessons = models.TextField(_("review after the phase"), max_length=4000, blank=True)
    approval_id = models.BigIntegerField(null=True)
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[PlacedQuerySet] = PlacedQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["project", "phase"],
                name="planning_case_open_once",
                condition=~Q(state=PlanningState.REVIEWED.value),
            ),
            models.CheckConstraint(
                name="planning_case_state_known",
                condition=Q(state__in=choices.values(choices.PLANNING_STATES)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.get_phase_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the case."""
        return reverse("marketing:planning-case", args=[self.pk])


class PlanningEvent(models.Model):
    """A step of the procedure; rows are only added."""

    case = models.ForeignKey(PlanningCase, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10)
    note = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.case_id} · {self.to_state}"
