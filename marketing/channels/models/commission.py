"""Commission of partners: the deals it comes from, and the accounts it moves through (MKT-68)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from crm_site.common.models import TimeStamped
from crm_site.ledger.models import AMOUNT, LedgerAccount, LedgerEntry
from customers.arbitration.models import ClaimCase
from customers.models import Project
from customers.purchase.models import Purchase
from marketing.channels import choices
from marketing.channels.models.partner import Partner
from marketing.channels.querysets import CommissionQuerySet


class Commission(TimeStamped):
    """What a partner earns with a purchase, by the rules in force when it was signed."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="commissions")
    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="commissions")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(ClaimCase, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    base = models.DecimalField(**AMOUNT)
    percent = models.DecimalField(max_digits=6, decimal_places=3)
    amount = models.DecimalField(**AMOUNT)
    parts = models.JSONField(default=list, help_text="how the percentage came about")
    policy_version = models.PositiveIntegerField()
    # What the ledger was last brought in line with.
    received = models.DecimalField(**AMOUNT, default=0)
    stands = models.BooleanField(default=True)

    objects: ClassVar[CommissionQuerySet] = CommissionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["partner", "purchase"], name="commission_once"),
            models.CheckConstraint(
                name="commission_positive", condition=Q(amount__gte=0, base__gt=0)
            ),
        ]
        indexes = [models.Index(fields=["partner", "-signed_at"], name="commission_by_partner")]

    def __str__(self) -> str:
        return f"{self.partner_id} · {self.purchase_id}"


class CommissionAccount(LedgerAccount):
    """One of the four pots of a partner; money moves between them, each stays at or above zero."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="accounts")
    pot = models.CharField(max_length=8, choices=choices.POTS)

    class Meta(LedgerAccount.Meta):
        abstract = False
        default_permissions = ()
        constraints = [
            *LedgerAccount.Meta.constraints,
            models.UniqueConstraint(fields=["partner", "pot"], name="commission_pot_once"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} · {self.pot}"


class CommissionEntry(LedgerEntry):
    """A movement of commission; ``commission`` is the deal, None for a payment over several."""

    account = models.ForeignKey(CommissionAccount, on_delete=models.PROTECT, related_name="entries")
    commission = models.ForeignKey(
        Commission, null=True, on_delete=models.PROTECT, related_name="entries"
    )

    class Meta(LedgerEntry.Meta):
        abstract = False
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"

    @property
    def kind_label(self) -> Any:
        """What kind of movement it is, in words."""
        return choices.ENTRY_KINDS.get(self.kind, self.kind)
