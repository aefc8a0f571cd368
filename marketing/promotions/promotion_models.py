"""Promotions, what was granted by them, and what they brought."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.approvals.models import Approval
from crm_site.common.models import TimeStamped
from customers.models.customer import Customer
from customers.models.project import Project
from customers.pricing.models import DiscountRequest
from customers.property.models import Building, Unit
from marketing.promotions import choices
from marketing.promotions.querysets import PromotionQuerySet


class Promotion(TimeStamped):
    """An offer of one project for a time (MKT-42) with its design sheet (MKT-43)."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=choices.KINDS)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="promotions", verbose_name=_("project")
    )
    buildings = models.ManyToManyField(
        Building,
        blank=True,
        related_name="+",
        verbose_name=_("buildings"),
        help_text=_("None chosen: the whole project."),
    )
    campaign_code = models.SlugField(_("campaign code"), max_length=80, blank=True)
    state = models.CharField(max_length=10, choices=choices.STATES, default="draft")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    benefit = models.CharField(_("benefit"), max_length=10, choices=choices.BENEFITS)
    value = models.DecimalField(
        _("value"),
        max_digits=14,
        decimal_places=2,
        default=0,
        help_text=_("Percent or yuan; of a gift, what it costs."),
    )
    gift = models.CharField(_("gift"), max_length=200, blank=True)
    rules = models.TextField(_("rules"), max_length=2000)
    stock = models.PositiveIntegerField(
        _("stock"), null=True, blank=True, help_text=_("Empty: without limit.")
    )
    taken = models.PositiveIntegerField(default=0)
    stacking = models.CharField(_("stacking"), max_length=10, choices=choices.STACKING)
    expected_cost = models.DecimalField(_("expected cost (yuan)"), max_digits=14, decimal_places=2)
    market = models.TextField(_("market situation"), max_length=2000, blank=True)
    need = models.TextField(_("customers' need"), max_length=2000, blank=True)
    goal = models.TextField(_("sales goal"), max_length=2000, blank=True)
    goal_deals = models.PositiveIntegerField(_("deals aimed at"), null=True, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approval = models.OneToOneField(
        Approval, null=True, on_delete=models.PROTECT, related_name="promotion"
    )
    submitted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)

    objects: ClassVar[PromotionQuerySet] = PromotionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_promotions", "See promotions, group purchases and coupons"),
            ("keep_promotions", "Write promotions, group purchases and coupons"),
            ("apply_promotions", "Apply promotions and redeem coupons"),
            ("sign_promotions", "Approve promotions, first step"),
            ("direct_promotions", "Approve promotions, last step"),
            ("refund_groups", "Note refunds of group purchases"),
        ]
        constraints = [
            models.CheckConstraint(
                name="promotion_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="promotion_within_stock",
                condition=Q(stock__isnull=True) | Q(taken__lte=F("stock")),
            ),
            models.CheckConstraint(
                name="promotion_has_a_benefit",
                condition=(Q(benefit="percent") & Q(value__gt=0, value__lt=100))
                | (Q(benefit="amount") & Q(value__gt=0))
                | (Q(benefit="gift", value__gte=0) & ~Q(gift="")),
            ),
            models.CheckConstraint(
                name="promotion_signed_has_its_sheet",
                condition=Q(state="draft") | (~Q(market="") & ~Q(need="") & ~Q(goal="")),
            ),
            models.CheckConstraint(
                name="promotion_cost_not_negative", condition=Q(expected_cost__gte=0)
            ),
        ]
        indexes = [
            models.Index(fields=["project", "state", "starts_at"], name="promotion_by_project"),
            models.Index(fields=["campaign_code"], name="promotion_by_campaign"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def left(self) -> int | None:
        """How many are left, None without a limit."""
        return None if self.stock is None else self.stock - self.taken


class PromotionUse(TimeStamped):
    """One promotion for one customer; money off goes through a request for a discount only."""

    promotion = models.ForeignKey(Promotion, on_delete=models.PROTECT, related_name="uses")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="promotion_uses")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="promotion_uses")
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, help_text="yuan off, or the cost of the gift"
    )
    state = models.CharField(max_length=10, choices=choices.USE_STATES)
    discount = models.ForeignKey(
        DiscountRequest, null=True, on_delete=models.PROTECT, related_name="promotion_uses"
    )
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["promotion", "customer", "unit"],
                name="promotion_once_per_customer_and_unit",
                condition=~Q(state="released"),
            ),
            models.CheckConstraint(
                name="promotion_use_amount_not_negative", condition=Q(amount__gte=0)
            ),
        ]
        indexes = [models.Index(fields=["unit", "state"], name="promotion_use_by_unit")]

    def __str__(self) -> str:
        return f"{self.promotion_id} {self.customer_id}"


class PromotionReview(models.Model):
    """What a promotion brought beside a time before it: baseline and uplift (MKT-43)."""

    promotion = models.OneToOneField(Promotion, on_delete=models.PROTECT, related_name="review")
    baseline_from = models.DateTimeField()
    baseline_until = models.DateTimeField()
    baseline_deals = models.PositiveIntegerField()
    baseline_amount = models.DecimalField(max_digits=18, decimal_places=2)
    deals = models.PositiveIntegerField()
    amount = models.DecimalField(max_digits=18, decimal_places=2)
    cost = models.DecimalField(max_digits=14, decimal_places=2, help_text="of what was granted")
    findings = models.TextField(_("findings"), max_length=4000)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.promotion_id)


class PromotionEvent(models.Model):
    """Something that happened to a promotion."""

    promotion = models.ForeignKey(Promotion, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=choices.EVENTS)
    note = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["promotion", "-at"], name="promotion_event_by_time")]

    def __str__(self) -> str:
        return f"{self.promotion_id} {self.kind}"
