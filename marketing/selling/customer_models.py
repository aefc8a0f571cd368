"""Results about customers from third parties, and depth interviews (CUS-38, CUS-58)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField
from crm_site.common.models import TimeStamped
from customers.models.consent import ConsentEvent
from customers.models.customer import Customer
from customers.models.project import Project
from marketing.selling import choices
from marketing.selling.querysets import (
    DepthInterviewQuerySet,
    InterviewProgrammeQuerySet,
    ThirdPartyQuerySet,
)

USER = settings.AUTH_USER_MODEL


class ThirdPartyResult(models.Model):
    """What a third party says about a customer: the result, never its paper (CUS-38).

    It names the consent it rests on, and goes when its time is over or the consent is withdrawn.
    """

    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="third_party_results"
    )
    source = models.CharField(_("source"), max_length=16, choices=choices.SOURCES)
    provider = models.CharField(_("provider"), max_length=80)
    purpose = models.CharField(_("used for"), max_length=16, choices=choices.AIMS)
    verdict = models.CharField(_("result"), max_length=8, choices=choices.VERDICTS)
    summary = EncryptedTextField(_("in a sentence"), null=True, blank=True)
    obtained_on = models.DateField(_("obtained on"))
    expires_on = models.DateField(_("kept until"))
    consent = models.ForeignKey(ConsentEvent, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[ThirdPartyQuerySet] = ThirdPartyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("bring_third_party", "Bring results of third parties about customers")]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "source", "provider", "obtained_on"],
                name="third_party_result_once",
            ),
            models.CheckConstraint(
                name="third_party_result_expires", condition=Q(expires_on__gt=F("obtained_on"))
            ),
        ]
        indexes = [models.Index(fields=["expires_on"], name="third_party_by_expiry")]

    def __str__(self) -> str:
        return f"{self.get_source_display()} · {self.obtained_on}"


class InterviewProgramme(TimeStamped):
    """Depth interviews with one aim: who is asked, how many, with which guide (CUS-58)."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    title = models.CharField(_("title"), max_length=120)
    aim = models.CharField(_("what is to be understood"), max_length=300)
    sample_size = models.PositiveSmallIntegerField(_("interviews planned"))
    stage = models.CharField(_("only customers of the stage"), max_length=20, blank=True)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    owner = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("accountable")
    )

    objects: ClassVar[InterviewProgrammeQuerySet] = InterviewProgrammeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_interviews", "See depth interviews"),
            ("keep_interviews", "Plan and hold depth interviews"),
        ]
        constraints = [
            models.CheckConstraint(
                name="interviews_end_after_start", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(name="interviews_have_a_size", condition=Q(sample_size__gte=1)),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the page of the programme."""
        return reverse("marketing:interview-programme", args=[self.pk])


class DepthInterview(TimeStamped):
    """One customer of the sample; held only with a finding."""

    programme = models.ForeignKey(
        InterviewProgramme, on_delete=models.CASCADE, related_name="interviews"
    )
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    interviewer = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("interviewer")
    )
    state = models.CharField(max_length=8, choices=choices.INTERVIEW_STATES, default="planned")
    held_on = models.DateField(_("held on"), null=True)
    summary = models.TextField(_("summary"), max_length=2000, blank=True)
    reason = models.CharField(_("why it was not held"), max_length=300, blank=True)

    objects: ClassVar[DepthInterviewQuerySet] = DepthInterviewQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["programme", "customer"], name="depth_interview_once"),
            models.CheckConstraint(
                name="depth_interview_ended_is_whole",
                condition=Q(state="planned")
                | Q(state="held", held_on__isnull=False) & ~Q(summary="")
                | Q(state="dropped") & ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} · {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        """Return the page of the interview."""
        return reverse("marketing:depth-interview", args=[self.pk])


class InterviewFinding(models.Model):
    """What an interview brought to light; it leads to an improvement item."""

    interview = models.ForeignKey(DepthInterview, on_delete=models.CASCADE, related_name="findings")
    tag = models.CharField(_("insight"), max_length=12, choices=choices.INSIGHTS)
    text = models.CharField(_("finding"), max_length=500)
    item_id = models.BigIntegerField(null=True, help_text="key of the improvement item")
    linked_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="interview_finding_link_is_whole",
                condition=Q(item_id__isnull=True, linked_by__isnull=True, linked_at__isnull=True)
                | Q(item_id__isnull=False, linked_by__isnull=False, linked_at__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["item_id"], name="interview_finding_by_item")]

    def __str__(self) -> str:
        return self.text[:60]
