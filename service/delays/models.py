"""The promised day of each sold home, what will be late, and each time it was told (SVC-43)."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.registers.models import RegisterEntry
from customers.changes.models import HomeChange
from customers.models.project import Project
from customers.property.models import Building
from customers.property.querysets import InProjectQuerySet
from customers.purchase.models import Purchase
from customers.purchase.rules import PurchaseState
from service.delays import choices
from service.delays.rules import days_late

VIEW, KEEP = "service.view_delays", "service.keep_delays"
SOLD = (PurchaseState.SIGNED.value, PurchaseState.HANDED_OVER.value)


class DelayQuerySet(InProjectQuerySet):
    """Questions about what is or will be late."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of the projects of a user who may see delays."""
        return super().visible_to(user) if user.has_perm(VIEW) else self.none()


class TermQuerySet(DelayQuerySet):
    """Questions about the promised days of sold homes."""

    def standing(self) -> Self:
        """Return those whose contract stands."""
        return self.filter(purchase__state__in=SOLD)

    def late(self) -> Self:
        """Return those whose home is expected, or was handed over, after the promised day."""
        return self.standing().filter(forecast_on__gt=F("deliver_on"))

    def waiting(self) -> Self:
        """Return those whose home is not handed over yet."""
        return self.filter(purchase__state=PurchaseState.SIGNED.value)


class RiskQuerySet(DelayQuerySet):
    """Questions about risks."""

    def open(self) -> Self:
        """Return what is still expected to be late."""
        return self.filter(closed_at__isnull=True)

    def for_list(self) -> Self:
        """Return them with what a line prints."""
        return self.select_related("project__node", "building", "facility")


class DeliveryTerm(TimeStamped):
    """The day on which the contract of one purchase promises the keys.

    It is that of the building when the contract was first seen, so that a day moved later does not
    move it; ``agreement`` says why somebody changed it. ``forecast_on`` is the expected day, for a
    home handed over the day it was.
    """

    purchase = models.OneToOneField(
        Purchase, on_delete=models.CASCADE, related_name="delivery_term"
    )
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey(Building, on_delete=models.PROTECT, related_name="+")
    deliver_on = models.DateField(_("handover promised for"))
    agreement = models.CharField(_("agreed in"), max_length=200, blank=True)
    forecast_on = models.DateField(null=True)

    objects: ClassVar[TermQuerySet] = TermQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["building", "forecast_on"], name="delivery_term_by_day")]

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.deliver_on:%Y-%m-%d}"

    @property
    def days(self) -> int:
        """By how many days the home is late, 0 for none."""
        return days_late(self.deliver_on, self.forecast_on or self.deliver_on)


class DelayRisk(TimeStamped):
    """Homes of one building, or a promised facility, that are expected to be late.

    One is open for each at a time. ``step`` is the highest step of the policy that was told.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    building = models.ForeignKey(Building, null=True, on_delete=models.PROTECT, related_name="+")
    facility = models.ForeignKey(
        RegisterEntry, null=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(help_text="the earliest promised day that will be missed")
    forecast_on = models.DateField(help_text="the latest expected day")
    days = models.PositiveIntegerField(help_text="of the home that is latest, at the last look")
    homes = models.PositiveIntegerField(default=0, help_text="affected at the last look")
    step = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=12, choices=choices.ENDINGS, blank=True)

    objects: ClassVar[RiskQuerySet] = RiskQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_delays", "See late handovers and missing facilities"),
            ("keep_delays", "Keep promised facilities and promised days"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["building"],
                name="delay_risk_one_open_of_building",
                condition=Q(closed_at__isnull=True, building__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["facility"],
                name="delay_risk_one_open_of_facility",
                condition=Q(closed_at__isnull=True, facility__isnull=False),
            ),
            models.CheckConstraint(
                name="delay_risk_is_about_one",
                condition=Q(building__isnull=False, facility__isnull=True)
                | Q(building__isnull=True, facility__isnull=False),
            ),
            models.CheckConstraint(
                name="delay_risk_closed_says_how",
                condition=Q(closed_at__isnull=True, ending="")
                | (Q(closed_at__isnull=False) & ~Q(ending="")),
            ),
        ]
        indexes = [
            models.Index(fields=["-days", "-id"], name="delay_risk_by_days"),
            models.Index(
                fields=["project"],
                name="delay_risk_open",
                condition=Q(closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.what}"

    def get_absolute_url(self) -> str:
        """Return the address of its page."""
        return reverse("service:delay-risk", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it is still expected to be late."""
        return self.closed_at is None

    @property
    def kind(self) -> str:
        """Whether it is about homes of a building or about a facility."""
        return choices.BUILDING if self.building_id is not None else choices.FACILITY

    @property
    def what(self) -> str:
        """The building or the facility."""
        return str(self.building if self.building_id is not None else self.facility)


class DelayStep(models.Model):
    """One time the customer centre was told; each step of a risk once."""

    risk = models.ForeignKey(DelayRisk, on_delete=models.CASCADE, related_name="steps")
    step = models.PositiveIntegerField()
    days = models.PositiveIntegerField()
    forecast_on = models.DateField()
    homes = models.PositiveIntegerField()
    told = models.PositiveIntegerField(help_text="people a message was written to")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["risk", "step"], name="delay_step_told_once")
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} · {self.step}"


class DelayNotice(models.Model):
    """A notice of a risk, handed on as a change of sold homes that keeps who was told."""

    risk = models.ForeignKey(DelayRisk, on_delete=models.PROTECT, related_name="notices")
    change = models.OneToOneField(HomeChange, on_delete=models.PROTECT, related_name="+")
    forecast_on = models.DateField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["risk", "forecast_on"], name="delay_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.risk_id} · {self.forecast_on:%Y-%m-%d}"
