"""Days of joy, greetings sent, and gifts at festivals."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.customer import Customer
from customers.models.project import Project
from service.care import choices
from service.care.querysets import CareQuerySet, GreetingQuerySet
from service.care.rules import PaperState

YUAN: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}


class CareOccasion(models.Model):
    """A day of a customer that is kept every year: lunar birthday, wedding, birth (SVC-83)."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="care_occasions")
    kind = models.CharField(_("occasion"), max_length=12, choices=choices.JOYS)
    is_lunar = models.BooleanField(_("day of the lunar calendar"), default=False)
    month = models.PositiveSmallIntegerField(_("month"))
    day = models.PositiveSmallIntegerField(_("day"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[CareQuerySet] = CareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "month", "day"], name="care_occasion_once"
            ),
            models.CheckConstraint(
                name="care_occasion_is_a_day",
                condition=Q(month__gte=1, month__lte=12, day__gte=1, day__lte=31),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.month}-{self.day}"


class CareGreeting(models.Model):
    """A greeting of one year; ``channel`` is empty where somebody greets by hand.

    ``year`` is the lunar one of lunar days. Children have each a day of their own.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="greetings")
    occasion = models.CharField(max_length=16, choices=choices.OCCASIONS)
    on = models.DateField()
    year = models.PositiveSmallIntegerField()
    channel = models.CharField(max_length=12, blank=True)
    sent_at = models.DateTimeField(null=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[GreetingQuerySet] = GreetingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "occasion", "year"],
                name="care_greeting_once_a_year",
                condition=~Q(occasion="birth"),
            ),
            models.UniqueConstraint(
                fields=["customer", "occasion", "on"], name="care_greeting_once_a_day"
            ),
        ]
        indexes = [models.Index(fields=["project", "-on"], name="care_greeting_by_project")]

    def __str__(self) -> str:
        return f"{self.get_occasion_display()} {self.year}"


class CareGiftList(TimeStamped):
    """Gifts or vouchers of one festival for owners of a project, approved as a whole (SVC-105)."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    festival = models.CharField(_("festival"), max_length=16, choices=choices.FESTIVALS)
    year = models.PositiveSmallIntegerField(_("year"))
    gift = models.CharField(_("gift or voucher"), max_length=80)
    value = models.DecimalField(_("value of one (yuan)"), **YUAN)
    state = models.CharField(
        max_length=10, choices=choices.PAPER_STATES, default=PaperState.DRAFT.value
    )
    approval = models.ForeignKey(
        "approvals.Approval", null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[CareQuerySet] = CareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [models.CheckConstraint(name="care_gift_has_value", condition=Q(value__gt=0))]
        indexes = [models.Index(fields=["project", "-year"], name="care_gifts_by_project")]

    def __str__(self) -> str:
        return f"{self.get_festival_display()} {self.year} · {self.gift}"


class CareGift(models.Model):
    """One gift to one customer; a festival gives each customer one, whatever the list."""

    of = models.ForeignKey(CareGiftList, on_delete=models.CASCADE, related_name="gifts")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    festival = models.CharField(max_length=16, choices=choices.FESTIVALS)
    year = models.PositiveSmallIntegerField()
    given_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "festival", "year"], name="care_gift_once_per_festival"
            )
        ]

    def __str__(self) -> str:
        return f"{self.of_id} · {self.customer_id}"
