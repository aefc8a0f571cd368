"""The notice, the day of the handover with its stations and roster, and the property transfer."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from crm_site.common.models import TimeStamped
from customers.handover import choices
from customers.handover.models import DeliveryBatch, UnitDelivery
from customers.handover.querysets import BatchQuerySet, OfDeliveryQuerySet
from customers.models.project import Project
from customers.purchase.models import Purchase


class DeliveryNotice(models.Model):
    """A handover notice 交付通知书 as sent; its message in the outbox is the proof (SVC-81)."""

    delivery = models.ForeignKey(UnitDelivery, on_delete=models.PROTECT, related_name="notices")
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, related_name="delivery_notices"
    )
    number = models.PositiveSmallIntegerField(help_text="1, and one more for each moved day")
    planned_on = models.DateField()
    attachments = models.JSONField(help_text="number, title and version of each document")
    is_late = models.BooleanField(default=False, help_text="fewer days ahead than the policy asks")
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: the job",
    )
    handed_at = models.DateTimeField(null=True, help_text="delivered by hand or courier")
    handed_note = models.CharField(max_length=200, blank=True)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="delivery_notice_handed_is_whole",
                condition=Q(handed_at__isnull=True, handed_note="")
                | (Q(handed_at__isnull=False) & ~Q(handed_note="")),
            ),
            models.UniqueConstraint(fields=["delivery", "number"], name="delivery_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} · {self.planned_on}"


class DeliveryVisit(models.Model):
    """One way of a buyer through the stations; one at a time for a unit (SVC-91)."""

    delivery = models.ForeignKey(UnitDelivery, on_delete=models.PROTECT, related_name="visits")
    arrived_at = models.DateTimeField()
    escort = models.CharField(max_length=60, blank=True)
    satisfaction = models.PositiveSmallIntegerField(null=True, blank=True)
    signed_name = models.CharField(max_length=60, blank=True)
    ended_at = models.DateTimeField(null=True)
    is_taken = models.BooleanField(default=False)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[OfDeliveryQuerySet] = OfDeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["delivery"],
                name="delivery_visit_one_at_a_time",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="delivery_visit_taken_is_signed",
                condition=Q(is_taken=False) | (Q(ended_at__isnull=False) & ~Q(signed_name="")),
            ),
            models.CheckConstraint(
                name="delivery_visit_satisfaction",
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.delivery_id} · {self.arrived_at:%Y-%m-%d %H:%M}"


class DeliveryStop(models.Model):
    """One station of a visit: queued, called, done; the time between the first two is the wait."""

    visit = models.ForeignKey(DeliveryVisit, on_delete=models.CASCADE, related_name="stops")
    station = models.CharField(max_length=10, choices=choices.STATIONS)
    queued_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=200, blank=True)
    served_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        ordering = ["queued_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["visit", "station"], name="delivery_stop_once"),
            models.CheckConstraint(
                name="delivery_stop_called_before_done",
                condition=Q(done_at__isnull=True) | Q(called_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.visit_id} · {self.station}"

    @property
    def wait_minutes(self) -> int | None:
        """How long the buyer waited, in whole minutes; None while waiting."""
        return (
            round((self.called_at - self.queued_at).total_seconds() / 60)
            if self.called_at
            else None
        )


class DeliveryDuty(models.Model):
    """Who stands where on a day of the handover (SVC-94)."""

    batch = models.ForeignKey(DeliveryBatch, on_delete=models.CASCADE, related_name="duties")
    day = models.DateField()
    duty = models.CharField(max_length=10, choices=choices.DUTIES)
    side = models.CharField(max_length=10, choices=choices.SIDES)
    name = models.CharField(max_length=60)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "day", "duty", "name"], name="delivery_duty_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} · {self.duty} · {self.name}"


class PropertyTransfer(TimeStamped):
    """A unit passed on to the property company, signed by both sides (SVC-93)."""

    delivery = models.OneToOneField(UnitDelivery, on_delete=models.PROTECT, related_name="transfer")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    given_at = models.DateTimeField(null=True)
    received_name = models.CharField(max_length=60, blank=True)
    received_at = models.DateTimeField(null=True)

    objects: ClassVar[OfDeliveryQuerySet] = OfDeliveryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="property_transfer_given_is_whole",
                condition=Q(given_at__isnull=True, given_by__isnull=True)
                | Q(given_at__isnull=False, given_by__isnull=False),
            ),
            models.CheckConstraint(
                name="property_transfer_received_is_whole",
                condition=Q(received_at__isnull=True, received_name="")
                | (Q(received_at__isnull=False) & ~Q(received_name="")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.delivery_id)

    @property
    def is_signed(self) -> bool:
        """Whether both sides have signed."""
        return self.given_at is not None and self.received_at is not None


class TransferItem(models.Model):
    """One thing that goes over: a reading, a number of keys, a list of files; or missing."""

    transfer = models.ForeignKey(PropertyTransfer, on_delete=models.CASCADE, related_name="items")
    part = models.CharField(max_length=6, choices=choices.TRANSFER_PARTS)
    value = models.CharField(max_length=120, blank=True)
    is_missing = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["transfer", "part"], name="transfer_item_once"),
            models.CheckConstraint(
                name="transfer_item_says_something", condition=Q(is_missing=True) | ~Q(value="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} · {self.part}"


class DeliveryRiskGroup(TimeStamped):
    """The people who prepare the first handover of a project, 3 months ahead (SVC-79)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="delivery_groups")
    first_on = models.DateField(help_text="the handover it was called for")
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="delivery_groups")
    self_check = models.TextField(max_length=2000, blank=True)
    formed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[BatchQuerySet] = BatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                name="delivery_group_one_open",
                condition=Q(closed_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.first_on}"
