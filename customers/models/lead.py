"""A sales opportunity of a customer for a project, its history and its three clocks."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.calendars.models import Clock
from crm_site.common.models import TimeStamped
from customers import choices
from customers.models.customer import Customer
from customers.models.project import Project
from customers.querysets import LeadClockQuerySet, LeadQuerySet
from customers.rules.axes import LeadState


class Lead(TimeStamped):
    """One sales opportunity: where it came from, how far it is, who works on it (CUS-34)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="leads")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="leads")
    source = models.CharField(
        _("source"), max_length=60, help_text="code of the word list; never changes"
    )
    campaign = models.CharField(_("campaign"), max_length=80, default="none")
    capture_point = models.CharField(max_length=20)
    state = models.CharField(
        _("state"), max_length=12, choices=choices.LEAD_STATES, default=LeadState.NEW.value
    )
    lost_reason = models.CharField(_("reason for losing"), max_length=200, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="leads"
    )
    enquiry = models.CharField(_("enquiry"), max_length=500, blank=True)
    urgency = models.CharField(
        _("urgency"), max_length=8, choices=choices.URGENCIES, blank=True, db_default=""
    )
    complexity = models.CharField(
        _("complexity"), max_length=8, choices=choices.COMPLEXITIES, blank=True, db_default=""
    )
    level = models.CharField(
        _("answered by"), max_length=10, choices=choices.STAFF_LEVELS, blank=True, db_default=""
    )
    received_at = models.DateTimeField(_("received at"))
    external_source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    # The stages of the communication process (CUS-43): stage -> {"at": iso, "by": user id}
    stages = models.JSONField(default=dict)
    solution = models.CharField(_("answer given"), max_length=1000, blank=True)
    customer_told_at = models.DateTimeField(null=True)
    customer_confirmed_at = models.DateTimeField(null=True)

    objects: ClassVar[LeadQuerySet] = LeadQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="lead_lost_has_reason", condition=~Q(state="lost") | ~Q(lost_reason="")
            ),
            models.CheckConstraint(name="lead_source_given", condition=~Q(source="")),
            models.CheckConstraint(name="lead_campaign_given", condition=~Q(campaign="")),
            models.CheckConstraint(
                name="lead_state_known", condition=Q(state__in=[s.value for s in LeadState])
            ),
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                name="lead_external_id_once",
                condition=~Q(external_id=""),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-received_at"], name="lead_by_customer"),
            models.Index(fields=["owner", "state"], name="lead_by_owner"),
            models.Index(fields=["project", "state"], name="lead_by_project"),
            BrinIndex(fields=["received_at"], name="lead_by_receipt", autosummarize=True),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.project_id or ''}"


class LeadEvent(models.Model):
    """A step in the life of a lead; timelines and figures read these rows."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, help_text="captured, state, owner, stage, closed")
    from_value = models.CharField(max_length=60, blank=True)
    to_value = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["lead", "-at"], name="lead_event_by_lead"),
            models.Index(
                fields=["at"],
                name="lead_event_signings",
                condition=models.Q(kind="state", to_value="signed"),
            ),
            models.Index(
                fields=["at"],
                name="lead_event_losses",
                condition=models.Q(kind="state", to_value="lost"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_value} → {self.to_value}"


class LeadClock(Clock):
    """One of the three promises on a lead: first touch, follow-up, closure (CUS-39 to CUS-41)."""

    lead = models.ForeignKey(Lead, on_delete=models.CASCADE, related_name="clocks")
    escalation = models.PositiveSmallIntegerField(default=0, help_text="levels already told")

    objects: ClassVar[LeadClockQuerySet] = LeadClockQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Clock.Meta):
        default_permissions = ()
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(fields=["lead", "kind"], name="lead_clock_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class LeadClockEffect(models.Model):
    """Proof that one step of a clock took effect; its uniqueness is what makes it happen once."""

    clock = models.ForeignKey(LeadClock, on_delete=models.CASCADE, related_name="effects")
    step = models.CharField(max_length=40, help_text="remind-50, remind-80, breach, escalate-2 …")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["clock", "step"], name="lead_clock_step_once")
        ]

    def __str__(self) -> str:
        return self.step
