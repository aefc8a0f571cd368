"""Repairs: the order beside its ticket, the work of each contractor, photos, charge-backs."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models import ProofPhoto
from service.repairs import choices
from service.repairs.contractor_models import Contractor
from service.repairs.querysets import ChargeQuerySet, JobQuerySet, OrderQuerySet
from service.repairs.rules.steps import ChargeState, Stage
from service.repairs.rules.warranty import CONTRACTOR_OWES, Reason, Standing
from service.tickets.models import Ticket


class RepairOrder(TimeStamped):
    """What a repair needs beside its ticket: part and trade, the warranty, how far it is (SVC-99).

    The decision on the warranty is the rule's; version, reason and last day stay with it.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="repair")
    part = models.CharField(_("part"), max_length=16, choices=choices.PARTS, blank=True)
    trade = models.CharField(_("trade"), max_length=10, choices=choices.TRADES, blank=True)
    stage = models.CharField(
        max_length=10, choices=choices.STAGES, default=Stage.REPORTED.value, db_index=False
    )
    standing = models.CharField(
        max_length=8, choices=choices.STANDINGS, default=Standing.UNKNOWN.value
    )
    standing_reason = models.CharField(max_length=12, default=Reason.NO_PART.value)
    reported_on = models.DateField(help_text="the day the warranty is judged on")
    handed_on = models.DateField(null=True)
    warranty_until = models.DateField(null=True)
    warranty_version = models.PositiveIntegerField(null=True)
    refusals = models.PositiveSmallIntegerField(default=0)
    reopened = models.PositiveSmallIntegerField(default=0)
    accepted_at = models.DateTimeField(null=True)

    objects: ClassVar[OrderQuerySet] = OrderQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="repair_accepted_has_time",
                condition=~Q(stage=Stage.ACCEPTED.value) | Q(accepted_at__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["stage", "-id"], name="repair_by_stage")]

    def __str__(self) -> str:
        return f"{self.ticket.number} · {self.ticket.subject}"

    @property
    def reason_words(self) -> str:
        """Why the warranty was decided so."""
        return str(choices.REASONS.get(self.standing_reason, self.standing_reason))

    @property
    def is_owed(self) -> bool:
        """Whether the contractor owes the repair."""
        return self.standing in CONTRACTOR_OWES


class RepairJob(TimeStamped):
    """One round of a repair: who was sent for when, what was found, planned and done, and said."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="jobs")
    number = models.PositiveSmallIntegerField(help_text="counts within the repair")
    contractor = models.ForeignKey(Contractor, on_delete=models.PROTECT, related_name="jobs")
    start = models.DateTimeField(help_text="the agreed visit")
    until = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField()
    visited_at = models.DateTimeField(null=True)
    finding = models.CharField(max_length=500, blank=True)
    plan = models.CharField(max_length=500, blank=True)
    finish_on = models.DateField(null=True, help_text="the day the plan names")
    repaired_at = models.DateTimeField(null=True)
    work = models.CharField(max_length=500, blank=True)
    outcome = models.CharField(max_length=8, choices=choices.OUTCOMES, blank=True)
    decided_at = models.DateTimeField(null=True)
    remark = models.CharField(max_length=500, blank=True, help_text="what the owner said")
    came_back_at = models.DateTimeField(null=True, help_text="reported again after acceptance")

    objects: ClassVar[JobQuerySet] = JobQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["order", "number"], name="repair_job_number_once"),
            models.CheckConstraint(
                name="repair_job_ends_after_start", condition=Q(until__gt=F("start"))
            ),
            models.CheckConstraint(
                name="repair_job_decided_was_repaired",
                condition=Q(outcome="", decided_at__isnull=True)
                | (~Q(outcome="") & Q(decided_at__isnull=False, repaired_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["contractor", "-id"], name="repair_job_by_contractor")]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.number}"


class RepairPhoto(models.Model):
    """A photo of a job, taken before or after the repair."""

    job = models.ForeignKey(RepairJob, on_delete=models.PROTECT, related_name="photos")
    taken = models.CharField(max_length=6, choices=choices.PHOTO_TIMES)
    photo = models.OneToOneField(ProofPhoto, on_delete=models.PROTECT, related_name="repair_photo")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.job_id} · {self.taken}"


class RepairEvent(models.Model):
    """One step of a repair; rows are only added."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField()
    step = models.CharField(max_length=8, choices=choices.STEPS)
    note = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["order", "at"], name="repair_event_by_order")]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.step}"


class ChargeBack(TimeStamped):
    """What the contractor pays for a repair that is still owed; one stands for each repair."""

    order = models.ForeignKey(RepairOrder, on_delete=models.PROTECT, related_name="charges")
    contractor = models.ForeignKey(Contractor, on_delete=models.PROTECT, related_name="charges")
    amount = models.DecimalField(max_digits=12, decimal_places=2)
    agreed_amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    reason = models.CharField(max_length=300)
    state = models.CharField(
        max_length=10, choices=choices.CHARGES, default=ChargeState.CLAIMED.value
    )
    note = models.CharField(max_length=300, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    claimed_at = models.DateTimeField()
    agreed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    objects: ClassVar[ChargeQuerySet] = ChargeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["order"],
                name="charge_back_stands_once",
                condition=~Q(state=ChargeState.WITHDRAWN.value),
            ),
            models.CheckConstraint(name="charge_back_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="charge_back_agreed_has_amount",
                condition=~Q(state__in=["agreed", "settled"])
                | Q(agreed_amount__gt=0, agreed_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="charge_back_by_state")]

    def __str__(self) -> str:
        return f"{self.order_id} · {self.amount}"
