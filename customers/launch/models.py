"""Technical briefings of the sales team, who was there, and who sells at a launch."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.project import Project
from customers.property.querysets import InProjectQuerySet


class TechnicalBriefing(TimeStamped):
    """Designers and engineers tell the sales team what is built, and how (MKT-58)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="briefings")
    held_on = models.DateField(_("held on"))
    briefed_by = models.CharField(_("briefed by"), max_length=120)
    items = models.TextField(_("what was explained"), max_length=4000)
    materials = models.TextField(_("materials and fittings"), max_length=4000, blank=True)
    limits = models.TextField(_("what must not be said"), max_length=4000, blank=True)
    questions = models.TextField(_("questions and answers"), max_length=4000, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("prepare_launch", "Note briefings and say who sells at a launch"),
            ("check_launch", "Check sales risks and the comfort of the sales site"),
        ]
        indexes = [models.Index(fields=["project", "-held_on"], name="briefing_by_project")]

    def __str__(self) -> str:
        return f"{self.project} · {self.held_on:%Y-%m-%d}"


class BriefingAttendance(models.Model):
    """That somebody was at a technical briefing."""

    briefing = models.ForeignKey(
        TechnicalBriefing, on_delete=models.CASCADE, related_name="attendances"
    )
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["briefing", "person"], name="briefing_attended_once")
        ]

    def __str__(self) -> str:
        return f"{self.briefing_id} · {self.person_id}"


class LaunchSeller(models.Model):
    """A consultant who sells at the launch of a project."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="launch_sellers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    assigned_at = models.DateTimeField()

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "person"], name="launch_seller_once")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} · {self.person_id}"
