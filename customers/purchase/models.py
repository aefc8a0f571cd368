"""Purchases: who holds, subscribes or has bought a unit, and every step on the way."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.customer import Customer
from customers.models.lead import Lead
from customers.models.project import Project
from customers.property.models import Unit
from customers.purchase import choices
from customers.purchase.querysets import PurchaseQuerySet
from customers.purchase.rules import ACTIVE, TIMED, PurchaseState

ACTIVE_STATES = [each.value for each in ACTIVE]
TIMED_STATES = [each.value for each in TIMED]


class Purchase(TimeStamped):
    """One customer's way to one unit, from the hold to the keys (CUS-64).

    The partial unique index is the last line against selling a unit twice (MKT-56); the row lock
    of ``customers.purchase.services`` is the first.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="purchases")
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="purchases")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="purchases")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="purchases")
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="purchases"
    )
    specialist = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="looks after the buyer from the subscription on (CUS-68)",
    )
    state = models.CharField(max_length=14, choices=choices.STATES)
    state_since = models.DateTimeField()
    begun_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, help_text="of holds and pre-subscriptions")
    renewals = models.PositiveSmallIntegerField(default=0)
    subscribed_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    handed_over_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=200, blank=True)
    deposit = models.DecimalField(
        _("deposit (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    list_total = models.DecimalField(
        _("list price (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    agreed_total = models.DecimalField(
        _("agreed price (yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    contract_no = models.CharField(_("contract number"), max_length=60, blank=True)
    external_source = models.CharField(
        max_length=40, blank=True, db_default="", help_text="of imports: the system that numbered"
    )
    external_id = models.CharField(max_length=80, blank=True, db_default="")
    moved_from = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="moved_to"
    )

    objects: ClassVar[PurchaseQuerySet] = PurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("approve_refund", "Approve taking a signed contract back"),
            ("name_specialist", "Name the customer specialist of a purchase"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["unit"],
                name="purchase_one_active_per_unit",
                condition=Q(state__in=ACTIVE_STATES),
            ),
            models.UniqueConstraint(
                fields=["project", "contract_no"],
                name="purchase_contract_no_once",
                condition=~Q(contract_no=""),
            ),
            models.CheckConstraint(
                name="purchase_names_its_unit",
                condition=Q(unit__isnull=False)
                | Q(state=PurchaseState.PRESUBSCRIBED)
                | (Q(state=PurchaseState.SUBSCRIBED) & ~Q(external_id=""))
                | ~Q(state__in=ACTIVE_STATES),
            ),
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                name="purchase_external_id_once",
                condition=~Q(external_id=""),
            ),
            models.CheckConstraint(
                name="purchase_hold_has_an_end",
                condition=~Q(state__in=TIMED_STATES) | Q(expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="purchase_ended_at_when_over",
                condition=Q(state__in=ACTIVE_STATES, ended_at__isnull=True)
                | (~Q(state__in=ACTIVE_STATES) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="purchase_amounts_positive",
                condition=(Q(deposit__isnull=True) | Q(deposit__gte=0))
                & (Q(list_total__isnull=True) | Q(list_total__gt=0))
                & (Q(agreed_total__isnull=True) | Q(agreed_total__gt=0)),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-begun_at"], name="purchase_by_customer"),
            models.Index(fields=["project", "state", "-state_since"], name="purchase_by_state"),
            models.Index(
                fields=["expires_at"], name="purchase_ends", condition=Q(state__in=TIMED_STATES)
            ),
            models.Index(fields=["consultant", "state"], name="purchase_by_consultant"),
            models.Index(fields=["signed_at"], name="purchase_signings"),
        ]

    def __str__(self) -> str:
        return f"{self.unit or self.project} · {self.get_state_display()}"


class PurchaseParty(models.Model):
    """A person or organisation whose name stands in the contract."""

    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="parties")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=choices.PARTY_ROLES)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["purchase", "customer"], name="purchase_party_once"),
            models.UniqueConstraint(
                fields=["purchase"], name="purchase_one_buyer", condition=Q(role="buyer")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.role}"


class PurchaseEvent(models.Model):
    """One step of a purchase; timelines, figures and handover read these rows."""

    purchase = models.ForeignKey(Purchase, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    step = models.CharField(max_length=14, choices=choices.STEPS)
    from_state = models.CharField(max_length=14, blank=True)
    to_state = models.CharField(max_length=14)
    reason = models.CharField(max_length=200, blank=True)
    facts = models.JSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["purchase", "at"], name="purchase_event_by_purchase"),
            models.Index(fields=["step", "at"], name="purchase_event_by_step"),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.step}"
