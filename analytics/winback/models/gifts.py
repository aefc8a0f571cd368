"""What win-back gives away: rewards of the staff, gifts and other costs of a case (CUS-103)."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from analytics.winback import choices
from analytics.winback.models.cases import WinbackCase
from crm_site.common.models import TimeStamped
from crm_site.ledger.models import LedgerAccount, LedgerEntry


class WinbackAccount(TimeStamped, LedgerAccount):
    """What one employee was rewarded, or what one case has cost so far, in yuan."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="winback_rewards",
    )
    case = models.OneToOneField(
        WinbackCase, null=True, on_delete=models.PROTECT, related_name="spending"
    )

    class Meta(LedgerAccount.Meta):
        default_permissions = ()
        constraints = [
            *LedgerAccount.Meta.constraints,
            models.CheckConstraint(
                name="winback_account_is_of_one",
                condition=Q(user__isnull=False, case__isnull=True)
                | Q(user__isnull=True, case__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.case_id} · {self.balance}"


class WinbackEntry(LedgerEntry):
    """A movement: a reward, a gift, the cost of an upgrade."""

    account = models.ForeignKey(WinbackAccount, on_delete=models.PROTECT, related_name="entries")
    case = models.ForeignKey(
        WinbackCase,
        null=True,
        on_delete=models.PROTECT,
        related_name="entries",
        help_text="null: a reversal, whose entry names it",
    )

    class Meta(LedgerEntry.Meta):
        default_permissions = ()
        constraints = [
            *LedgerEntry.Meta.constraints,
            models.CheckConstraint(
                name="winback_entry_names_case",
                condition=Q(kind="reversal") | Q(case__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="winback_statement")]

    def __str__(self) -> str:
        return f"{self.account_id} · {self.amount}"

    @property
    def kind_words(self) -> str:
        """What kind of movement it is, in the language of the reader."""
        return str(dict(choices.ENTRY_KINDS).get(self.kind, self.kind))
