"""Contracts sent for online signature, what the provider reported, desks, times taken."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.project import Project
from customers.paperwork.models import PaperFile, PurchasePaper
from customers.paperwork.querysets import OfPurchaseQuerySet
from customers.purchase.models import Purchase
from customers.signing import choices
from customers.signing.rules import OPEN, SigningState

OPEN_STATES = [each.value for each in OPEN]


class SigningRequest(TimeStamped):
    """A contract on its way to the customer's online signature (CUS-65).

    ``key`` goes to the provider with every try, so that it takes the contract once.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True)
    purchase = models.ForeignKey(
        Purchase, on_delete=models.PROTECT, related_name="signing_requests"
    )
    provider = models.CharField(max_length=20)
    contract_no = models.CharField(_("contract number"), max_length=60)
    document = models.OneToOneField(
        PaperFile, on_delete=models.PROTECT, related_name="signing_request"
    )
    state = models.CharField(
        max_length=10, choices=choices.STATES, default=SigningState.WAITING.value
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    external_id = models.CharField(max_length=100, blank=True)
    sign_url = models.CharField(max_length=500, blank=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    problem = models.CharField(
        max_length=300, blank=True, help_text="why the purchase did not follow the signature"
    )
    signed_copy = models.OneToOneField(
        PurchasePaper, null=True, on_delete=models.PROTECT, related_name="signing_request"
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, help_text="null: nothing to ask the provider")
    last_error = models.CharField(max_length=200, blank=True)

    objects: ClassVar[OfPurchaseQuerySet] = OfPurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["purchase"], name="signing_one_open", condition=Q(state__in=OPEN_STATES)
            ),
            models.CheckConstraint(
                name="signing_ended_at_when_over",
                condition=Q(state__in=OPEN_STATES, ended_at__isnull=True)
                | (~Q(state__in=OPEN_STATES) & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                name="signing_to_try",
                condition=Q(next_try_at__isnull=False),
            ),
            models.Index(
                fields=["expires_at"], name="signing_ends", condition=Q(state__in=OPEN_STATES)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_no} · {self.get_state_display()}"


class SigningCallback(models.Model):
    """A report of a provider that was believed; unique, so a replay changes nothing."""

    provider = models.CharField(max_length=20)
    event = models.CharField(max_length=100)
    request = models.ForeignKey(SigningRequest, on_delete=models.CASCADE, related_name="callbacks")
    reported = models.CharField(max_length=12)
    is_applied = models.BooleanField()
    received_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["provider", "event"], name="signing_callback_once")
        ]

    def __str__(self) -> str:
        return f"{self.request_id} · {self.reported}"


class DeskBooking(models.Model):
    """A desk of the sales office kept for a signature (CUS-66)."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="desk_bookings")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    desk = models.CharField(_("desk"), max_length=40)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True)

    objects: ClassVar[OfPurchaseQuerySet] = OfPurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["project", "desk", "starts_at"],
                name="desk_booked_once",
                condition=Q(cancelled_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["purchase"],
                name="desk_one_per_purchase",
                condition=Q(cancelled_at__isnull=True),
            ),
            models.CheckConstraint(
                name="desk_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
        ]
        indexes = [models.Index(fields=["project", "starts_at"], name="desk_by_time")]

    def __str__(self) -> str:
        return f"{self.desk} · {self.starts_at:%Y-%m-%d %H:%M}"


class SigningTime(models.Model):
    """How long a purchase took from subscription to signature, against the target then (CUS-66)."""

    purchase = models.OneToOneField(Purchase, on_delete=models.CASCADE, related_name="signing_time")
    subscribed_at = models.DateTimeField()
    signed_at = models.DateTimeField()
    hours = models.PositiveIntegerField()
    target_hours = models.PositiveIntegerField()
    was_online = models.BooleanField(default=False)

    objects: ClassVar[OfPurchaseQuerySet] = OfPurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["-signed_at"], name="signing_time_by_day")]

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.hours} h"

    @property
    def is_within(self) -> bool:
        """Whether the target was kept."""
        return self.hours <= self.target_hours
