"""Claims on who brought a household to a project: what happened, and what was decided."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.arbitration import choices
from customers.arbitration.querysets import CaseQuerySet
from customers.models.customer import Customer
from customers.models.project import Project


class ClaimCase(models.Model):
    """What is asked once for each household and project; ``customer`` is who was named first."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="claim_cases")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="claim_cases")
    opened_at = models.DateTimeField()

    objects: ClassVar[CaseQuerySet] = CaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_claims", "See who brought which customer"),
            ("report_claims", "Report customers for agencies and note their visits"),
            ("decide_claims", "Decide disputed claims and appeals"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "customer"], name="claim_case_once")
        ]
        indexes = [models.Index(fields=["project", "-opened_at"], name="claim_case_by_project")]

    def __str__(self) -> str:
        return f"{self.project} · {self.customer.name}"


class ClaimEvent(models.Model):
    """One thing that happened, at the time of the server; rows are only added."""

    case = models.ForeignKey(ClaimCase, on_delete=models.PROTECT, related_name="events")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=choices.KINDS)
    party = models.CharField(_("agency or colleague"), max_length=80, blank=True)
    at = models.DateTimeField()
    facts = models.JSONField(default=dict, help_text="what the server knew at that moment")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="claim_event_names_party",
                condition=~Q(party="") | Q(kind__in=["visited", "deposit", "signed"]),
            )
        ]
        indexes = [
            models.Index(fields=["case", "at"], name="claim_event_by_case"),
            models.Index(fields=["party", "at"], name="claim_event_by_party"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.party}"


class ClaimDecision(models.Model):
    """A decision over the events so far; never changed, an appeal makes the next one."""

    case = models.ForeignKey(ClaimCase, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveSmallIntegerField(help_text="counts within the case")
    outcome = models.CharField(max_length=10, choices=choices.OUTCOMES)
    party = models.CharField(max_length=80, blank=True)
    fired = models.JSONField(default=list, help_text="rule, party and event of each rule")
    losing = models.JSONField(default=list, help_text="the claims that lost, and why")
    versions = models.JSONField(default=list, help_text="versions of the rules that were asked")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the events and rules")
    reason = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    appealed = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="appeals"
    )
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="claim_decision_number_once"),
            models.CheckConstraint(
                name="claim_decision_party_when_won",
                condition=Q(outcome="claim") & ~Q(party="") | ~Q(outcome="claim") & Q(party=""),
            ),
            models.CheckConstraint(
                name="claim_decision_by_person_has_reason",
                condition=Q(decided_by__isnull=True, appealed__isnull=True)
                | (Q(decided_by__isnull=False) & ~Q(reason="") & ~Q(outcome="undecided")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} · {self.number} · {self.outcome}"
