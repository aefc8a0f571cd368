"""Batches of units to be handed over, their checks, times, the walked rooms and the defects."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from crm_site.common.models import TimeStamped
from customers.handover import choices
from customers.handover.querysets import (
    BatchQuerySet,
    OfBatchQuerySet,
    OfDeliveryQuerySet,
    UnitDeliveryQuerySet,
)
from customers.handover.rules import DefectState, Occasion, Risk, RiskArea
from customers.models.project import Project
from customers.property.models import ProofPhoto, Unit
from customers.purchase.models import Purchase


class DeliveryBatch(TimeStamped):
    """Units of a project that are handed over together, with the risk of it (SVC-95)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="delivery_batches")
    name = models.CharField(max_length=60)
    planned_on = models.DateField()
    quality = models.CharField(max_length=6, choices=choices.RISKS)
    schedule = models.CharField(max_length=6, choices=choices.RISKS)
    documents = models.CharField(max_length=6, choices=choices.RISKS)
    facilities = models.CharField(max_length=6, choices=choices.RISKS)
    risk_note = models.TextField(max_length=1000, blank=True)
    grade = models.CharField(max_length=6, choices=choices.RISKS, help_text="by the rule")
    grade_version = models.PositiveIntegerField(help_text="version of the policy that gave it")
    approval = models.ForeignKey(
        "approvals.Approval", null=True, on_delete=models.PROTECT, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)

    objects: ClassVar[BatchQuerySet] = BatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("plan_delivery", "Plan handover batches, times and rosters"),
            ("record_defects", "Walk units, record and repair defects"),
            ("sign_delivery", "Approve handover batches of low risk"),
            ("direct_delivery", "Approve handover batches of medium risk"),
            ("preside_delivery", "Approve handover batches of high risk"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="delivery_batch_name_once")
        ]
        indexes = [models.Index(fields=["planned_on"], name="delivery_batch_by_day")]

    def __str__(self) -> str:
        return f"{self.project} · {self.name}"

    @property
    def risks(self) -> dict[RiskArea, Risk]:
        """The risk of each area."""
        return {area: Risk(getattr(self, area.value)) for area in RiskArea}


class DeliveryCheck(models.Model):
    """One line of the checklist of a batch that somebody has done."""

    batch = models.ForeignKey(DeliveryBatch, on_delete=models.CASCADE, related_name="checks")
    key = models.SlugField(max_length=20, db_index=False)
    note = models.CharField(max_length=200)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    done_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["batch", "key"], name="delivery_check_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} · {self.key}"


class DeliverySlot(models.Model):
    """A time at which so many buyers can come; ``taken`` never exceeds ``capacity`` (SVC-82)."""

    batch = models.ForeignKey(DeliveryBatch, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[OfBatchQuerySet] = OfBatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "starts_at"], name="delivery_slot_once"),
            models.CheckConstraint(
                name="delivery_slot_not_overbooked", condition=Q(taken__lte=F("capacity"))
            ),
            models.CheckConstraint(
                name="delivery_slot_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} · {self.starts_at:%Y-%m-%d %H:%M}"


class UnitDelivery(TimeStamped):
    """The handover of one unit: walked, notified, booked, taken over or refused."""

    batch = models.ForeignKey(DeliveryBatch, on_delete=models.PROTECT, related_name="deliveries")
    unit = models.OneToOneField(Unit, on_delete=models.PROTECT, related_name="delivery")
    purchase = models.ForeignKey(
        Purchase, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    walked_at = models.DateTimeField(null=True, help_text="the last room of the inspection")
    invited_at = models.DateTimeField(null=True, help_text="when the notice was written")
    due_on = models.DateField(null=True, help_text="the day it counts for")
    slot = models.ForeignKey(
        DeliverySlot, null=True, on_delete=models.PROTECT, related_name="deliveries"
    )
    refused_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=10, choices=choices.REFUSALS, blank=True)
    refusal_reason = models.CharField(max_length=200, blank=True)
    taken_at = models.DateTimeField(null=True)

    objects: ClassVar[UnitDeliveryQuerySet] = UnitDeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="unit_delivery_invited_is_whole",
                condition=Q(invited_at__isnull=True)
                | Q(due_on__isnull=False, purchase__isnull=False),
            ),
            models.CheckConstraint(
                name="unit_delivery_refused_says_why",
                condition=Q(refused_at__isnull=True) | ~Q(refusal=""),
            ),
            models.CheckConstraint(
                name="unit_delivery_taken_was_invited",
                condition=Q(taken_at__isnull=True)
                | Q(invited_at__isnull=False, refused_at__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["batch", "due_on"], name="unit_delivery_by_day")]

    def __str__(self) -> str:
        return str(self.unit)


class DeliveryRoom(models.Model):
    """A room that somebody walked in the simulated inspection (SVC-80)."""

    delivery = models.ForeignKey(UnitDelivery, on_delete=models.CASCADE, related_name="rooms")
    room = models.SlugField(max_length=20, db_index=False)
    walked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    walked_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["delivery", "room"], name="delivery_room_once")
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} · {self.room}"


class UnitDefect(TimeStamped):
    """Something wrong in a unit: found, repaired, re-checked (SVC-80).

    ``entry_key`` is the key under which a phone recorded it: one key, one defect.
    """

    delivery = models.ForeignKey(UnitDelivery, on_delete=models.PROTECT, related_name="defects")
    occasion = models.CharField(
        max_length=10, choices=choices.OCCASIONS, default=Occasion.SIMULATED.value
    )
    room = models.SlugField(max_length=20, db_index=False)
    trade = models.CharField(max_length=10, choices=choices.TRADES)
    severity = models.CharField(max_length=6, choices=choices.SEVERITIES)
    text = models.CharField(max_length=300)
    photo = models.OneToOneField(
        ProofPhoto, null=True, on_delete=models.PROTECT, related_name="defect"
    )
    state = models.CharField(
        max_length=10, choices=choices.DEFECT_STATES, default=DefectState.OPEN.value
    )
    failures = models.PositiveSmallIntegerField(default=0, help_text="re-checks it did not pass")
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    entry_key = models.CharField(max_length=80, blank=True)

    objects: ClassVar[OfDeliveryQuerySet] = OfDeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["found_by", "entry_key"],
                name="unit_defect_entered_once",
                condition=~Q(entry_key=""),
            ),
            models.CheckConstraint(
                name="unit_defect_closed_has_time",
                condition=Q(state=DefectState.CLOSED.value, closed_at__isnull=False)
                | (~Q(state=DefectState.CLOSED.value) & Q(closed_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(fields=["delivery", "state"], name="unit_defect_by_delivery"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def room_word(self) -> str:
        """The room in words."""
        return choices.room_label(self.room)


class DefectEvent(models.Model):
    """One step of a defect."""

    defect = models.ForeignKey(UnitDefect, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    step = models.CharField(max_length=8, choices=choices.DEFECT_STEPS)
    note = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["defect", "at"], name="defect_event_by_defect")]

    def __str__(self) -> str:
        return f"{self.defect_id} · {self.step}"
