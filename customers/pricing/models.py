"""Price lists, prices of units, requests for discounts, commitment letters."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from crm_site.common.models import TimeStamped
from customers.models.customer import Customer
from customers.models.project import Project
from customers.models.task import Task
from customers.pricing import choices
from customers.pricing.querysets import DiscountQuerySet, LetterQuerySet, PriceListQuerySet
from customers.pricing.rules import DiscountState, LetterState, ListState
from customers.property.models import Unit
from customers.purchase.models import Purchase


class PriceList(TimeStamped):
    """One version of a project's prices (MKT-45); once approved it is never changed.

    It prices the units it lists; the others keep the price of an earlier list.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="price_lists")
    number = models.PositiveIntegerField(help_text="counts within the project")
    state = models.CharField(
        max_length=10, choices=choices.LIST_STATES, default=ListState.DRAFT.value
    )
    reason = models.CharField(_("reason"), max_length=300)
    message_plan = models.TextField(
        _("what customers are told, and by whom"), max_length=2000, blank=True
    )
    wanted_from = models.DateTimeField(
        _("counts from"), null=True, blank=True, help_text="null: from the approval on"
    )
    effective_at = models.DateTimeField(null=True, help_text="null: not approved")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    approval = models.OneToOneField(
        Approval, null=True, on_delete=models.PROTECT, related_name="price_list"
    )
    radius = models.JSONField(default=dict, help_text="what it was expected to do, when submitted")
    settled_at = models.DateTimeField(null=True, help_text="tasks of broken letters are made")

    objects: ClassVar[PriceListQuerySet] = PriceListQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_floor_price", "See floor prices"),
            ("edit_prices", "Write price lists and submit them"),
            ("sign_prices", "Approve price lists"),
            ("direct_prices", "Approve the third price change of a quarter"),
            ("sign_discount", "Approve discounts, first step"),
            ("direct_discount", "Approve discounts, second step"),
            ("preside_discount", "Approve discounts, last step"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["project", "number"], name="price_list_number_once"),
            models.CheckConstraint(
                name="price_list_approved_has_time",
                condition=Q(state="approved", effective_at__isnull=False)
                | (~Q(state="approved") & Q(effective_at__isnull=True)),
            ),
            models.CheckConstraint(name="price_list_has_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                fields=["project"],
                name="price_list_one_submitted",
                condition=Q(state=ListState.SUBMITTED),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "-effective_at"], name="price_list_by_time"),
            models.Index(
                fields=["effective_at"],
                name="price_list_to_settle",
                condition=Q(state="approved", settled_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.number}"


class UnitPrice(models.Model):
    """The price of one unit in one list, in yuan.

    ``effective_at`` repeats the list's, so that the price in force is one step in one index.
    """

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="prices")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="prices")
    unit_price = models.DecimalField(_("unit price (yuan/m²)"), max_digits=10, decimal_places=2)
    public_total = models.DecimalField(_("total (yuan)"), max_digits=14, decimal_places=2)
    floor_total = models.DecimalField(_("floor price (yuan)"), max_digits=14, decimal_places=2)
    floor_coefficient = models.DecimalField(_("floor coefficient"), max_digits=5, decimal_places=4)
    effective_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["price_list", "unit"], name="unit_price_once_per_list"),
            models.CheckConstraint(
                name="unit_price_positive",
                condition=Q(unit_price__gt=0, public_total__gt=0, floor_total__gt=0),
            ),
            models.CheckConstraint(
                name="unit_price_floor_at_most_public",
                condition=Q(floor_total__lte=F("public_total"))
                & Q(floor_coefficient__gt=0, floor_coefficient__lte=1),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "-effective_at", "-price_list"],
                name="unit_price_in_force",
                include=["public_total"],
                condition=Q(effective_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} · {self.public_total}"


class DiscountRequest(TimeStamped):
    """A lower total asked for one customer and one unit 房价优惠审批表 (MKT-46)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="discounts")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="discounts")
    price = models.ForeignKey(UnitPrice, on_delete=models.PROTECT, related_name="discounts")
    asked_total = models.DecimalField(_("asked total (yuan)"), max_digits=14, decimal_places=2)
    is_below_floor = models.BooleanField(default=False)
    reason = models.CharField(_("reason"), max_length=300)
    gift = models.CharField(_("gift"), max_length=200, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=choices.DISCOUNT_STATES, default=DiscountState.WAITING.value
    )
    approval = models.OneToOneField(
        Approval, null=True, on_delete=models.PROTECT, related_name="discount"
    )
    valid_until = models.DateTimeField(null=True, help_text="of approved ones")
    used_at = models.DateTimeField(null=True)
    purchase = models.ForeignKey(
        Purchase, null=True, on_delete=models.PROTECT, related_name="discounts"
    )

    objects: ClassVar[DiscountQuerySet] = DiscountQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="discount_asked_positive", condition=Q(asked_total__gt=0) & ~Q(reason="")
            ),
            models.CheckConstraint(
                name="discount_used_names_purchase",
                condition=Q(state="used", used_at__isnull=False, purchase__isnull=False)
                | (~Q(state="used") & Q(used_at__isnull=True, purchase__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["customer", "unit"],
                name="discount_one_waiting",
                condition=Q(state="waiting"),
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="discount_by_unit")]

    def __str__(self) -> str:
        return f"{self.unit} · {self.asked_total}"


class PriceLetter(TimeStamped):
    """A numbered promise that a price will not be undercut for a time 价格承诺书 (MKT-50)."""

    number = models.CharField(max_length=60, unique=True)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="price_letters")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="price_letters")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="price_letters")
    total = models.DecimalField(_("promised total (yuan)"), max_digits=14, decimal_places=2)
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"))
    remedy = models.CharField(_("what the customer gets if it is broken"), max_length=300)
    state = models.CharField(
        max_length=14, choices=choices.LETTER_STATES, default=LetterState.ISSUED.value
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    countersigned_at = models.DateTimeField(null=True)
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    digest = models.CharField(max_length=64, help_text="SHA-256 of the PDF that was signed")
    document = models.BinaryField(help_text="the PDF as issued")

    objects: ClassVar[LetterQuerySet] = LetterQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="price_letter_period_in_order", condition=Q(valid_until__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="price_letter_promises", condition=Q(total__gt=0) & ~Q(remedy="")
            ),
            models.CheckConstraint(
                name="price_letter_countersigned_by_somebody",
                condition=Q(countersigned_at__isnull=True, countersigned_by__isnull=True)
                | Q(countersigned_at__isnull=False, countersigned_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["project", "valid_until"], name="price_letter_by_end"),
            models.Index(fields=["customer"], name="price_letter_by_customer"),
        ]

    def __str__(self) -> str:
        return self.number


class LetterBreach(models.Model):
    """A letter that a price list undercut; unique, so its remedy is asked for once."""

    letter = models.ForeignKey(PriceLetter, on_delete=models.CASCADE, related_name="breaches")
    price_list = models.ForeignKey(PriceList, on_delete=models.PROTECT, related_name="breaches")
    difference = models.DecimalField(max_digits=14, decimal_places=2)
    task = models.ForeignKey(Task, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "price_list"], name="letter_broken_once_per_list"
            ),
            models.CheckConstraint(
                name="letter_breach_has_difference", condition=Q(difference__gt=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.letter_id} · {self.price_list_id}"
