"""Group purchases: who joined, until when, and what happens where too few did (MKT-44)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.customer import Customer
from customers.property.models import Unit
from marketing.promotions import choices
from marketing.promotions.promotion_models import Promotion, PromotionUse
from marketing.promotions.querysets import OfPromotionQuerySet


class GroupPurchase(TimeStamped):
    """A group that gets the promotion's discount once it is large enough in time."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(_("name"), max_length=120)
    min_size = models.PositiveSmallIntegerField(_("households needed"))
    deadline = models.DateTimeField(_("gathers until"))
    state = models.CharField(max_length=10, choices=choices.GROUP_STATES, default="open")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, help_text="reached or missed")

    objects: ClassVar[OfPromotionQuerySet] = OfPromotionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="group_has_a_size", condition=Q(min_size__gte=2)),
            models.CheckConstraint(
                name="group_closed_has_time",
                condition=Q(state="open", closed_at__isnull=True)
                | (~Q(state="open") & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["deadline"], name="group_to_close", condition=Q(state="open"))
        ]

    def __str__(self) -> str:
        return self.name


class GroupBuyer(models.Model):
    """One household in a group, with what it paid in and what became of it."""

    group = models.ForeignKey(GroupPurchase, on_delete=models.PROTECT, related_name="members")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="group_buys")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    paid = models.DecimalField(_("paid in (yuan)"), max_digits=14, decimal_places=2, default=0)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    use = models.OneToOneField(
        PromotionUse, null=True, on_delete=models.PROTECT, related_name="member"
    )
    obstacle = models.CharField(max_length=300, blank=True, help_text="why there is no discount")
    refund_due_at = models.DateTimeField(null=True)
    refunded_at = models.DateTimeField(null=True)
    refund_note = models.CharField(max_length=200, blank=True)
    refunded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["group", "customer"],
                name="group_buyer_once",
                condition=Q(left_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["group", "unit"],
                name="group_unit_once",
                condition=Q(left_at__isnull=True),
            ),
            models.CheckConstraint(name="group_paid_not_negative", condition=Q(paid__gte=0)),
            models.CheckConstraint(
                name="group_refund_whole",
                condition=Q(refunded_at__isnull=True, refunded_by__isnull=True)
                | (
                    Q(refund_due_at__isnull=False, refunded_at__isnull=False)
                    & Q(refunded_by__isnull=False)
                    & ~Q(refund_note="")
                ),
            ),
        ]
        indexes = [
            models.Index(
                fields=["refund_due_at"],
                name="group_refunds_open",
                condition=Q(refund_due_at__isnull=False, refunded_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.group_id} {self.customer_id}"
