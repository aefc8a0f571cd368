"""Plans, instalments, receipts, mortgages: how a purchase is paid."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.payment import choices, mortgage_rules
from customers.payment.mortgage_rules import ENDED
from customers.payment.querysets import MoneyQuerySet
from customers.payment.rules import ReceiptKind
from customers.purchase.models import Purchase

YUAN: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class PaymentPlan(TimeStamped):
    """How a purchase is to be paid; its instalments add up to the agreed price (CUS-70)."""

    purchase = models.OneToOneField(Purchase, on_delete=models.PROTECT, related_name="payment_plan")
    method = models.CharField(_("method of payment"), max_length=12, choices=choices.METHODS)
    total = models.DecimalField(_("agreed price (yuan)"), **YUAN)
    version = models.PositiveIntegerField(default=1)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[MoneyQuerySet] = MoneyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="payment_plan_total_positive", condition=Q(total__gt=0))
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.get_method_display()}"


class Instalment(models.Model):
    """One part of a plan: so much by a day, or so many days after the signature.

    ``due_on`` of the latter is filled in when the contract is signed.
    """

    plan = models.ForeignKey(PaymentPlan, on_delete=models.CASCADE, related_name="instalments")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60)
    amount = models.DecimalField(**YUAN)
    days = models.PositiveSmallIntegerField(null=True, help_text="after the signature")
    due_on = models.DateField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["plan", "position"], name="instalment_place_once"),
            models.CheckConstraint(name="instalment_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="instalment_has_a_day",
                condition=Q(days__isnull=False) | Q(due_on__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="instalment_by_day")]

    def __str__(self) -> str:
        return f"{self.label} · {self.amount}"


class Receipt(models.Model):
    """Money that came in or went back; never changed, a wrong entry is undone by its opposite.

    A trigger of the database refuses UPDATE and DELETE. ``amount`` is below 0 for refunds and for
    the reversal of a payment, so the sum of a purchase is what the company holds.
    """

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="receipts")
    kind = models.CharField(max_length=10, choices=choices.RECEIPT_KINDS)
    amount = models.DecimalField(_("amount (yuan)"), **YUAN)
    receipt_no = models.CharField(_("receipt number"), max_length=60, unique=True)
    received_on = models.DateField(_("day"))
    way = models.CharField(_("way of payment"), max_length=10, choices=choices.WAYS)
    note = models.CharField(_("note"), max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects: ClassVar[MoneyQuerySet] = MoneyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("record_receipts", "Book receipts and refunds")]
        constraints = [
            models.CheckConstraint(
                name="receipt_amount_fits_kind",
                condition=Q(kind=ReceiptKind.PAYMENT, amount__gt=0)
                | Q(kind=ReceiptKind.REFUND, amount__lt=0)
                | (Q(kind=ReceiptKind.REVERSAL) & ~Q(amount=0)),
            ),
            models.CheckConstraint(
                name="receipt_reversal_names_its_entry",
                condition=Q(kind=ReceiptKind.REVERSAL, reverses__isnull=False)
                | (~Q(kind=ReceiptKind.REVERSAL) & Q(reverses__isnull=True)),
            ),
            models.CheckConstraint(name="receipt_has_number", condition=~Q(receipt_no="")),
        ]
        indexes = [models.Index(fields=["purchase", "received_on"], name="receipt_by_purchase")]

    def __str__(self) -> str:
        return self.receipt_no


class PaymentReminder(models.Model):
    """An instalment somebody was reminded of; unique, so each step is told once."""

    instalment = models.ForeignKey(Instalment, on_delete=models.CASCADE, related_name="reminders")
    step = models.CharField(max_length=12)
    due_on = models.DateField(help_text="the day it was due then; another day is told anew")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["instalment", "step", "due_on"], name="payment_reminded_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.instalment_id} · {self.step}"


class Mortgage(TimeStamped):
    """An application for a loan at one bank, from the papers to the money (CUS-69)."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="mortgages")
    bank = models.CharField(_("bank"), max_length=80)
    kind = models.CharField(_("kind of loan"), max_length=12, choices=mortgage_rules.KINDS)
    amount = models.DecimalField(_("loan (yuan)"), **YUAN)
    state = models.CharField(max_length=12, choices=mortgage_rules.STATES)
    state_since = models.DateTimeField()
    handler = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mortgages"
    )
    receipt = models.OneToOneField(
        Receipt, null=True, on_delete=models.PROTECT, related_name="mortgage"
    )

    objects: ClassVar[MoneyQuerySet] = MoneyQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("handle_mortgages", "Handle mortgages")]
        constraints = [
            models.CheckConstraint(
                name="mortgage_amount_positive", condition=Q(amount__gt=0) & ~Q(bank="")
            ),
            models.UniqueConstraint(
                fields=["purchase", "kind"],
                name="mortgage_one_open_per_kind",
                condition=~Q(state__in=[each.value for each in ENDED]),
            ),
            models.CheckConstraint(
                name="mortgage_released_has_receipt",
                condition=Q(state="released", receipt__isnull=False)
                | (~Q(state="released") & Q(receipt__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["state", "state_since"], name="mortgage_by_state")]

    def __str__(self) -> str:
        return f"{self.bank} · {self.amount}"


class MortgageEvent(models.Model):
    """One step of a mortgage; the timeline reads these rows."""

    mortgage = models.ForeignKey(Mortgage, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12, choices=mortgage_rules.STATES)
    note = models.CharField(max_length=200, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="mortgage_event_moves", condition=~Q(from_state=F("to_state"))
            )
        ]
        indexes = [models.Index(fields=["mortgage", "at"], name="mortgage_event_by_time")]

    def __str__(self) -> str:
        return f"{self.mortgage_id} · {self.to_state}"


class MortgageReminder(models.Model):
    """A mortgage that stood still and whose handler was told; one row per state it stood in."""

    event = models.ForeignKey(MortgageEvent, on_delete=models.CASCADE, related_name="reminders")
    day = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["event", "day"], name="mortgage_reminded_once")
        ]

    def __str__(self) -> str:
        return f"{self.event_id} · {self.day}"
