"""What each customer is worth, the model behind it, and the money it is made of."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.churn.rules.columns import BLOCK_OF
from analytics.churn.words import SaidReason, reasons_in_words
from analytics.scoring.choices import ENGINES
from analytics.value import choices
from customers.models import Customer, Project
from customers.property.querysets import InProjectQuerySet
from customers.querysets import CustomerRowQuerySet

YUAN: dict[str, Any] = {"max_digits": 14, "decimal_places": 2}
SUM: dict[str, Any] = {"max_digits": 16, "decimal_places": 2}


class ValueModel(models.Model):
    """Measured rates of further purchases and referrals, and how they did on the past (ANA-50)."""

    fitted_at = models.DateTimeField()
    rates = models.JSONField(help_text="second, referral by age; first by stage; price")
    data = models.JSONField(help_text="owners, years and events the rates rest on")
    backtest = models.JSONField(default=dict, help_text="cohorts: expected and actual")
    is_active = models.BooleanField(default=False)

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_value", "See customer value, segments, forecasts and advice"),
            ("view_customer_value", "See the value on the record of a customer"),
            ("decide_value", "Decide rules, advice and budgets"),
            ("book_value", "Book incomes and costs of customers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["is_active"], name="value_model_one_active", condition=Q(is_active=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class CustomerValue(models.Model):
    """The value of one customer, its parts and what they were worked out from (CUS-81, ANA-09).

    Rewritten by the nightly job; nobody who refuses to be assessed by machine has a row. The four
    ``by_`` columns are the one cell of each method of segmentation (ANA-44).
    """

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="value"
    )
    # What it was worked out from
    agreed = models.DecimalField(**YUAN, help_text="agreed prices of the standing contracts")
    contracts = models.PositiveSmallIntegerField()
    homes = models.PositiveSmallIntegerField(help_text="handed over")
    age = models.PositiveSmallIntegerField(null=True, help_text="years since the first purchase")
    stage = models.CharField(max_length=12)
    wish = models.DecimalField(**YUAN, null=True, help_text="what is wished for, before a purchase")
    sales = models.DecimalField(**YUAN, help_text="received for homes")
    fees = models.DecimalField(**YUAN, help_text="service fees received")
    returns = models.DecimalField(**YUAN, help_text="investment returns received")
    # The parts
    contract_margin = models.DecimalField(**YUAN)
    received_margin = models.DecimalField(**YUAN)
    expected_first = models.DecimalField(**YUAN)
    expected_second = models.DecimalField(**YUAN)
    expected_referral = models.DecimalField(**YUAN)
    expected_fees = models.DecimalField(**YUAN)
    cost = models.DecimalField(**YUAN)
    gross = models.DecimalField(**SUM)
    net = models.DecimalField(**SUM)
    by_value = models.CharField(max_length=8, choices=choices.BY_VALUE)
    by_need = models.CharField(max_length=12, choices=choices.BY_NEED)
    by_behaviour = models.CharField(max_length=8, choices=choices.BY_BEHAVIOUR)
    by_stage = models.CharField(max_length=12, choices=choices.BY_STAGE)
    model = models.ForeignKey(ValueModel, on_delete=models.PROTECT, related_name="+")
    policy_version = models.PositiveIntegerField()
    computed_at = models.DateTimeField()

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="customer_value_parts_add_up",
                condition=Q(
                    gross=F("contract_margin")
                    + F("received_margin")
                    + F("expected_first")
                    + F("expected_second")
                    + F("expected_referral")
                    + F("expected_fees")
                ),
            ),
            models.CheckConstraint(
                name="customer_value_net_of_cost", condition=Q(net=F("gross") - F("cost"))
            ),
        ]
        indexes = [models.Index(fields=["-net", "-customer"], name="customer_value_by_net")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.net}"


class LikelyValue(models.Model):
    """Somebody who looks like the customers of high value and is not graded so (ANA-51)."""

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="likely_value"
    )
    chance = models.DecimalField(max_digits=5, decimal_places=4)
    drivers = models.JSONField(help_text="what speaks for it: [name, points of the logit]")
    found_at = models.DateTimeField()

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="likely_value_chance", condition=Q(chance__gte=0, chance__lte=1)
            )
        ]
        indexes = [models.Index(fields=["-chance", "-customer"], name="likely_value_by_chance")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.chance}"


class PurchaseIntent(models.Model):
    """How likely a prospect reserves within 90 days, as of the last run (ANA-45).

    Narrow, one row a prospect, written by the job alone; no row means not assessed. It orders
    calls and nothing else: no price, discount or term may read it (PIPL, article 24).
    """

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="purchase_intent"
    )
    stage = models.CharField(max_length=12, choices=choices.INTENT_STAGES)
    probability = models.FloatField(help_text="calibrated, of reserving within 90 days, 0 to 1")
    reasons = models.JSONField(default=list, help_text="at most three: column, value, share")
    engine = models.CharField(max_length=20)
    model_version = models.PositiveIntegerField()
    scored_at = models.DateTimeField()

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="purchase_intent_in_range",
                condition=Q(probability__gte=0, probability__lte=1),
            )
        ]
        indexes = [
            models.Index(fields=["-probability", "-customer"], name="purchase_intent_by_chance")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.probability:.2f}"

    @property
    def engine_words(self) -> str:
        """What scored, in words."""
        return str(ENGINES.get(self.engine, self.engine))

    @property
    def said(self) -> list[SaidReason]:
        """What speaks for it, in words, the strongest first."""
        return reasons_in_words(self.reasons, lambda name: BLOCK_OF.get(name, "custom"))


class CustomerIncome(models.Model):
    """Money from a customer beside the price of a home; a wrong entry is undone by its opposite."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="incomes")
    kind = models.CharField(_("kind of income"), max_length=8, choices=choices.INCOMES)
    amount = models.DecimalField(_("amount (yuan)"), **YUAN)
    received_on = models.DateField(_("day"))
    reference = models.CharField(_("number of the record"), max_length=60, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="customer_income_moves", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="customer_income_below_zero_reverses",
                condition=Q(amount__gt=0) | Q(reverses__isnull=False),
            ),
            models.CheckConstraint(name="customer_income_named", condition=~Q(reference="")),
        ]
        indexes = [
            models.Index(fields=["customer", "received_on"], name="customer_income_by_day"),
            models.Index(fields=["-received_on", "-id"], name="customer_income_latest"),
        ]

    def __str__(self) -> str:
        return self.reference


class CostPool(models.Model):
    """A cost of one month to be shared out over customers, or that of one customer (ANA-12)."""

    kind = models.CharField(_("kind of cost"), max_length=12, choices=choices.COSTS)
    month_on = models.DateField(_("month"), help_text="its first day")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="costs"
    )
    amount = models.DecimalField(_("amount (yuan)"), **YUAN)
    reference = models.CharField(_("number of the record"), max_length=60, unique=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    reverses = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="reversal"
    )
    unshared = models.DecimalField(**YUAN, default=0, help_text="nobody was there to bear it")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="cost_pool_moves", condition=~Q(amount=0)),
            models.CheckConstraint(
                name="cost_pool_below_zero_reverses",
                condition=Q(amount__gt=0) | Q(reverses__isnull=False),
            ),
            models.CheckConstraint(name="cost_pool_named", condition=~Q(reference="")),
        ]
        indexes = [models.Index(fields=["-month_on", "-id"], name="cost_pool_latest")]

    def __str__(self) -> str:
        return self.reference


class CostShare(models.Model):
    """What one customer bears of a cost; the shares and what is unshared add up to the cost."""

    pool = models.ForeignKey(CostPool, on_delete=models.CASCADE, related_name="shares")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="cost_shares")
    amount = models.DecimalField(**YUAN)

    objects: ClassVar[CustomerRowQuerySet] = CustomerRowQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["customer", "pool"], name="cost_share_once")]

    def __str__(self) -> str:
        return f"{self.pool_id} · {self.customer_id}"
