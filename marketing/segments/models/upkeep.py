"""Work with customers one has: spend, holdings, service, the four steps (MKT-14, CUS-57)."""

from typing import Any, ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models import Customer, Purchase
from marketing.segments import words
from marketing.segments.models.segments import SegmentSnapshot
from marketing.segments.querysets import AudienceQuerySet, OfTheirCustomerQuerySet

USER = settings.AUTH_USER_MODEL
MONEY: Final[dict[str, Any]] = {"max_digits": 14, "decimal_places": 2}


class AudiencePlacement(models.Model):
    """A frozen segment given to a platform in hashed form, and what it cost there (MKT-33)."""

    snapshot = models.ForeignKey(
        SegmentSnapshot, on_delete=models.PROTECT, related_name="audiences"
    )
    channel_code = models.CharField(_("channel"), max_length=60)
    campaign_code = models.CharField(_("campaign"), max_length=80, blank=True)
    handed = models.PositiveIntegerField(help_text="customers in the file")
    excluded = models.PositiveIntegerField(help_text="without consent or number")
    spend = models.DecimalField(_("spent (yuan)"), **MONEY, default=0)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[AudienceQuerySet] = AudienceQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="audience_spend_positive", condition=Q(spend__gte=0))
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="audience_by_time")]

    def __str__(self) -> str:
        return f"{self.snapshot_id} · {self.channel_code}"


class HousingSpend(models.Model):
    """What a customer says to spend on housing in a year, with us or elsewhere (MKT-14)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="housing_spend")
    kind = models.CharField(_("kind"), max_length=16, choices=words.SPEND_KINDS)
    with_us = models.BooleanField(_("with us"), default=False)
    year = models.PositiveSmallIntegerField(_("year"))
    amount = models.DecimalField(_("amount (yuan)"), **MONEY)
    note = models.CharField(_("note"), max_length=200, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTheirCustomerQuerySet] = OfTheirCustomerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "with_us", "year"], name="housing_spend_once_a_year"
            ),
            models.CheckConstraint(name="housing_spend_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="housing_spend_deals_are_not_declared",
                condition=Q(with_us=False) | Q(kind__in=["lease", "property_service"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.kind} · {self.year}"


class ServiceUse(models.Model):
    """One use of a service action on a record, with the relation it was offered for (CUS-36)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="service_uses")
    relation = models.CharField(max_length=10, choices=words.RELATIONS)
    action = models.CharField(max_length=16, choices=words.ACTIONS)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTheirCustomerQuerySet] = OfTheirCustomerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["customer", "-at"], name="service_use_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.action}"


class Holding(TimeStamped):
    """How a unit an investor bought is used, and what it brings (CUS-57)."""

    purchase = models.OneToOneField(Purchase, on_delete=models.CASCADE, related_name="holding")
    use = models.CharField(_("use"), max_length=10, choices=words.USES)
    rent = models.DecimalField(_("rent a month (yuan)"), **MONEY, null=True, blank=True)
    asked = models.DecimalField(_("asking price (yuan)"), **MONEY, null=True, blank=True)
    note = models.CharField(_("notes on the yield"), max_length=500, blank=True)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="holding_money_positive",
                condition=(Q(rent__isnull=True) | Q(rent__gt=0))
                & (Q(asked__isnull=True) | Q(asked__gt=0)),
            )
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.use}"


class InvestorInterest(TimeStamped):
    """What an investor would buy next, and when to speak about it (CUS-57)."""

    customer = models.OneToOneField(
        Customer, on_delete=models.CASCADE, related_name="investor_interest"
    )
    wish = models.CharField(_("next interest"), max_length=300)
    remind_on = models.DateField(_("speak about it on"))
    reminded_for = models.DateField(null=True, help_text="the day a task was made for")
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTheirCustomerQuerySet] = OfTheirCustomerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["remind_on"], name="investor_by_reminder")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.remind_on}"


class ProgrammeStep(models.Model):
    """The step a customer was brought to: selected, developed, retained (CUS-79).

    A customer without a row stands at the first step: found, its data gathered.
    """

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="programme_step"
    )
    step = models.CharField(max_length=8, choices=words.STEPS[1:])
    incentive = models.CharField(_("incentive"), max_length=200, blank=True)
    since = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTheirCustomerQuerySet] = OfTheirCustomerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_programme", "See the programme of customer management"),
            ("run_programme", "Choose whom to invest in"),
        ]
        constraints = [
            models.CheckConstraint(
                name="programme_retains_with_incentive",
                condition=~Q(step="retain") | ~Q(incentive=""),
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.step}"
