"""Better service for a while, and whether it was noticed (CUS-106)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from analytics.winback import choices
from analytics.winback.models.cases import WinbackCase
from analytics.winback.querysets import UpgradeQuerySet
from crm_site.common.models import TimeStamped
from crm_site.ledger.models import AMOUNT
from customers.models import Customer

USER = settings.AUTH_USER_MODEL
RATING: dict[str, Any] = {"max_digits": 3, "decimal_places": 1}


class ServiceUpgrade(TimeStamped):
    """One upgrade of one customer; the job ends it, satisfaction is kept before and after."""

    case = models.ForeignKey(WinbackCase, on_delete=models.CASCADE, related_name="upgrades")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="upgrades")
    kind = models.CharField(_("kind"), max_length=8, choices=choices.UPGRADES)
    what = models.CharField(_("what the customer gets"), max_length=200)
    adviser = models.ForeignKey(
        USER,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("adviser"),
    )
    cost = models.DecimalField(_("cost (yuan)"), **AMOUNT, default=0)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(null=True)
    ending = models.CharField(max_length=8, choices=choices.UPGRADE_ENDINGS, blank=True)
    before = models.DecimalField(_("satisfaction before (1–10)"), **RATING, null=True)
    before_source = models.CharField(max_length=8, choices=choices.SATISFACTION_SOURCES, blank=True)
    after = models.DecimalField(_("satisfaction after (1–10)"), **RATING, null=True)
    after_source = models.CharField(max_length=8, choices=choices.SATISFACTION_SOURCES, blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[UpgradeQuerySet] = UpgradeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind"],
                name="upgrade_one_running",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="upgrade_period_in_order", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="upgrade_ended_says_how",
                condition=Q(ended_at__isnull=True, ending="")
                | (Q(ended_at__isnull=False) & ~Q(ending="")),
            ),
            models.CheckConstraint(
                name="upgrade_adviser_named",
                condition=~Q(kind="adviser") | Q(adviser__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["ends_at"], name="upgrade_to_end", condition=Q(ended_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.what
