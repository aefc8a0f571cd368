"""What is known about a customer, with source and date: changes, wishes, preferences, behaviour."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField
from crm_site.common.models import TimeStamped
from customers import choices
from customers.models.customer import Customer
from customers.models.lead import Lead
from customers.models.project import Project
from customers.querysets import CustomerRowQuerySet


class FieldEvent(models.Model):
    """A field of the record that got another value; the old one stays readable (CUS-06, CUS-30).

    What a record was captured with has no row: its source and date are those of the capture.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="field_events")
    field = models.CharField(max_length=60, help_text="name of the field or custom:<key>")
    old_value = EncryptedTextField(null=True)
    new_value = EncryptedTextField(null=True)
    source = models.CharField(max_length=20, help_text="capture point, edit, import, merge")
    source_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_sensitive", "See income, payment method and credit status"),
            ("view_data_categories", "See the categories of customer data"),
            ("set_data_category", "Set the category of a field the company added"),
        ]
        indexes = [models.Index(fields=["customer", "-at"], name="field_event_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.field}"


class IntentRegistration(models.Model):
    """What the customer wants, as registered at one contact; the newest version counts (CUS-33)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="intents")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(help_text="counts from 1 per customer")
    project = models.ForeignKey(
        Project, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    layout = models.CharField(_("layout"), max_length=60, blank=True)
    area_min = models.DecimalField(
        _("area from"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    area_max = models.DecimalField(
        _("area to"), max_digits=7, decimal_places=2, null=True, blank=True
    )
    price_min = models.DecimalField(
        _("price from"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    price_max = models.DecimalField(
        _("price to"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    purpose = models.CharField(_("purpose"), max_length=12, choices=choices.PURPOSES_OF_BUYING)
    timing = models.CharField(_("timing"), max_length=12, choices=choices.TIMINGS, blank=True)
    deciders = models.CharField(_("decision makers"), max_length=200, blank=True)
    competitors = models.CharField(_("competing projects seen"), max_length=300, blank=True)
    obstacle = models.CharField(_("obstacle"), max_length=300, blank=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["customer", "version"], name="intent_version_once"),
            models.CheckConstraint(
                name="intent_area_in_order",
                condition=Q(area_min__isnull=True)
                | Q(area_max__isnull=True)
                | Q(area_max__gte=models.F("area_min")),
            ),
            models.CheckConstraint(
                name="intent_price_in_order",
                condition=Q(price_min__isnull=True)
                | Q(price_max__isnull=True)
                | Q(price_max__gte=models.F("price_min")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.version}"


class Preference(TimeStamped):
    """One ranked wish: a layout, price band, style, amenity or kind of service (CUS-31)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(_("kind"), max_length=12, choices=choices.PREFERENCE_KINDS)
    value = models.CharField(_("value"), max_length=60)
    rank = models.PositiveSmallIntegerField(_("rank"), help_text="1 is the strongest wish")
    source = models.CharField(max_length=20, default="manual")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "value"], name="preference_value_once"
            ),
            models.UniqueConstraint(
                fields=["customer", "kind", "rank"],
                name="preference_rank_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.rank}: {self.value}"


class BehaviourEvent(models.Model):
    """One thing a customer did: browsed, consulted, transacted or gave feedback (CUS-32).

    Only added to (a trigger refuses changes); ``event_id`` makes the intake idempotent.
    """

    event_id = models.CharField(max_length=80, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="behaviour")
    kind = models.CharField(max_length=12, choices=choices.BEHAVIOUR_KINDS)
    action = models.CharField(max_length=40, help_text="page_view, question, signing, rating …")
    channel = models.CharField(max_length=12, blank=True)
    facts = models.JSONField(default=dict, help_text="path, dwell seconds, click rate, score …")
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("add_behaviour", "Take in behaviour events")]
        indexes = [models.Index(fields=["customer", "kind", "-at"], name="behaviour_by_customer")]

    def __str__(self) -> str:
        return f"{self.kind} {self.action}"
