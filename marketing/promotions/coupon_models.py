"""Coupons and gift vouchers (CUS-92): issued to customers, each used once."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.customer import Customer
from customers.models.project import Project
from customers.pricing.models import DiscountRequest
from customers.property.models import Unit
from customers.purchase.models import Purchase
from marketing.promotions import choices
from marketing.promotions.querysets import CouponQuerySet, IssueQuerySet


class CouponIssue(TimeStamped):
    """What its coupons give, to whom, under which conditions, for which campaign."""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=choices.COUPON_KINDS)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="coupon_issues", verbose_name=_("project")
    )
    campaign_code = models.SlugField(_("campaign code"), max_length=80, blank=True)
    value = models.DecimalField(_("value (yuan)"), max_digits=14, decimal_places=2)
    gift = models.CharField(_("gift"), max_length=200, blank=True)
    min_total = models.DecimalField(
        _("from a list price of (yuan)"), max_digits=14, decimal_places=2, default=0
    )
    conditions = models.TextField(_("conditions"), max_length=2000, blank=True)
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"))
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[IssueQuerySet] = IssueQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="coupon_issue_time_in_order", condition=Q(valid_until__gt=F("valid_from"))
            ),
            models.CheckConstraint(
                name="coupon_issue_gives_something",
                condition=Q(kind="coupon", value__gt=0)
                | (Q(kind="voucher", value__gte=0) & ~Q(gift="")),
            ),
        ]
        indexes = [models.Index(fields=["campaign_code"], name="coupon_issue_by_campaign")]

    def __str__(self) -> str:
        return self.name


class Coupon(TimeStamped):
    """One coupon of one customer; used by one conditional update, so never twice."""

    issue = models.ForeignKey(CouponIssue, on_delete=models.PROTECT, related_name="coupons")
    code = models.CharField(max_length=20, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="coupons")
    state = models.CharField(max_length=10, choices=choices.COUPON_STATES, default="issued")
    used_at = models.DateTimeField(null=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+")
    purchase = models.ForeignKey(
        Purchase, null=True, on_delete=models.PROTECT, related_name="coupons"
    )
    discount = models.ForeignKey(
        DiscountRequest, null=True, on_delete=models.PROTECT, related_name="coupons"
    )

    objects: ClassVar[CouponQuerySet] = CouponQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["issue", "customer"], name="coupon_once_per_customer"),
            models.CheckConstraint(
                name="coupon_used_says_when",
                condition=Q(state="used", used_at__isnull=False, used_by__isnull=False)
                | (~Q(state="used") & Q(used_at__isnull=True, used_by__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["customer", "state"], name="coupon_by_customer")]

    def __str__(self) -> str:
        return self.code
