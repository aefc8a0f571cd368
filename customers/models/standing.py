"""Figures about a customer that a nightly job rewrites, apart from the wide customer row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.customer import Customer


class CustomerStanding(models.Model):
    """Activity and the three tests of high value of one customer (CUS-09, CUS-26)."""

    customer = models.OneToOneField(
        Customer, primary_key=True, on_delete=models.CASCADE, related_name="standing"
    )
    activity = models.PositiveSmallIntegerField(default=0, help_text="0 to 100")
    last_touch_at = models.DateTimeField(null=True, help_text="the customer's last own move")
    power = models.PositiveSmallIntegerField(default=0, help_text="purchasing power, 0 to 100")
    willingness = models.PositiveSmallIntegerField(
        default=0, help_text="willingness for long cooperation, 0 to 100"
    )
    loyalty = models.PositiveSmallIntegerField(default=0, help_text="0 to 100")
    is_high_value = models.BooleanField(default=False, help_text="all three reach their limit")
    policy_version = models.PositiveIntegerField(default=1)
    computed_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["customer"],
                name="standing_high_value",
                condition=models.Q(is_high_value=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.activity}"


class Stratum(TimeStamped):
    """Customers alike in need, budget and credit, and the strategy for them (CUS-15)."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    need = models.CharField(_("purchase need"), max_length=20, blank=True)
    budget_min = models.DecimalField(
        _("budget from"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    budget_max = models.DecimalField(
        _("budget to"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    credit_status = models.CharField(_("credit status"), max_length=12, blank=True)
    strategy = models.TextField(_("marketing strategy"), max_length=2000)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        default_permissions = ()
        ordering = ["name"]
        permissions = [("edit_strata", "Edit the strata of customers")]

    def __str__(self) -> str:
        return self.name
