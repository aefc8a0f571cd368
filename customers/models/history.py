"""What happened to a customer: sources, owners, classes, grades."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from customers.models.customer import Customer
from customers.models.lead import Lead


class CustomerHistory(models.Model):
    """What the history tables share: whose, when, by whom, why."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        abstract = True
        default_permissions = ()


class SourceEvent(CustomerHistory):
    """One capture of the customer at one capture point (CUS-01, CUS-04)."""

    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="+")
    capture_point = models.CharField(max_length=20)
    source = models.CharField(max_length=60)
    import_job = models.BigIntegerField(null=True, help_text="the import that wrote it, if any")

    class Meta(CustomerHistory.Meta):
        indexes = [
            models.Index(fields=["customer", "-at"], name="source_event_by_customer"),
            models.Index(fields=["import_job"], name="source_event_by_import"),
        ]

    def __str__(self) -> str:
        return f"{self.capture_point} {self.source}"


class OwnershipEvent(CustomerHistory):
    """A change of the responsible or the backup consultant (CUS-49)."""

    from_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    to_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_backup = models.BooleanField(default=False)
    kind = models.CharField(
        max_length=10,
        blank=True,
        db_default="",
        help_text="assigned, shared_out, claimed, recycled, returned, handover, shared, merged",
    )

    class Meta(CustomerHistory.Meta):
        indexes = [
            models.Index(fields=["customer", "-at"], name="ownership_by_customer"),
            models.Index(
                fields=["to_owner", "-at"], name="ownership_claims", condition=Q(kind="claimed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_owner_id} → {self.to_owner_id}"


class ClassEvent(CustomerHistory):
    """A move between the five classes (CUS-08)."""

    from_class = models.CharField(max_length=16)
    to_class = models.CharField(max_length=16)
    is_manual = models.BooleanField(default=False)

    class Meta(CustomerHistory.Meta):
        indexes = [models.Index(fields=["customer", "-at"], name="class_event_by_customer")]

    def __str__(self) -> str:
        return f"{self.from_class} → {self.to_class}"


class StageEvent(CustomerHistory):
    """A move between the five buying stages, with the day it holds from (CUS-20)."""

    from_stage = models.CharField(max_length=12)
    to_stage = models.CharField(max_length=12)
    is_manual = models.BooleanField(default=False)

    class Meta(CustomerHistory.Meta):
        indexes = [models.Index(fields=["customer", "-at"], name="stage_event_by_customer")]

    def __str__(self) -> str:
        return f"{self.from_stage} → {self.to_stage}"


class PhaseEvent(CustomerHistory):
    """A move between the phases of the relationship (CUS-21)."""

    from_phase = models.CharField(max_length=12)
    to_phase = models.CharField(max_length=12)

    class Meta(CustomerHistory.Meta):
        indexes = [models.Index(fields=["customer", "-at"], name="phase_event_by_customer")]

    def __str__(self) -> str:
        return f"{self.from_phase} → {self.to_phase}"


class GradeEvent(CustomerHistory):
    """A changed grade: old, new, score, points and the policy version that decided (CUS-13)."""

    from_grade = models.CharField(max_length=1, blank=True)
    to_grade = models.CharField(max_length=1)
    score = models.DecimalField(max_digits=5, decimal_places=2)
    points = ArrayField(models.DecimalField(max_digits=5, decimal_places=2))
    policy_version = models.PositiveIntegerField()
    run = models.ForeignKey(
        "RegradeRun", null=True, on_delete=models.SET_NULL, related_name="events"
    )

    class Meta(CustomerHistory.Meta):
        indexes = [models.Index(fields=["customer", "-at"], name="grade_event_by_customer")]

    def __str__(self) -> str:
        return f"{self.from_grade} → {self.to_grade}"


class RegradeRun(models.Model):
    """One run of the regrade; the unique slot keeps two beats from running it twice (A-53)."""

    slot = models.CharField(
        max_length=40, unique=True, help_text="nightly:2026-05-20 or manual:<uuid>"
    )
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    policy_version = models.PositiveIntegerField()
    graded = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    cutoffs = models.JSONField(
        default=list, help_text="per region the lowest score of each grade, in hundredths"
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.slot

    @property
    def is_nightly(self) -> bool:
        """Whether the timetable started it, not a person."""
        return self.slot.startswith("nightly:")
