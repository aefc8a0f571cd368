"""The care fund of a project: a ledger, and the proposals it pays (SVC-90)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.ledger.models import AMOUNT, LedgerAccount, LedgerEntry
from customers.models.project import Project
from service.care import choices
from service.care.querysets import CareQuerySet
from service.care.rules import PaperState


class CareFund(TimeStamped, LedgerAccount):
    """The money of one project for renewing it when it is older."""

    project = models.OneToOneField(Project, on_delete=models.PROTECT, related_name="care_fund")

    objects: ClassVar[CareQuerySet] = CareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(LedgerAccount.Meta):
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.project)


class FundProposal(TimeStamped):
    """What is to be renewed and for how much: voted on, approved, paid, shown before and after."""

    fund = models.ForeignKey(CareFund, on_delete=models.PROTECT, related_name="proposals")
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("what is renewed"), max_length=120)
    amount = models.DecimalField(_("amount (yuan)"), **AMOUNT)
    before = models.TextField(_("how it is now"), max_length=2000)
    votes_for = models.PositiveIntegerField(_("owners in favour"), default=0)
    votes_against = models.PositiveIntegerField(_("owners against"), default=0)
    state = models.CharField(
        max_length=10, choices=choices.PAPER_STATES, default=PaperState.DRAFT.value
    )
    approval = models.ForeignKey(
        "approvals.Approval", null=True, on_delete=models.PROTECT, related_name="+"
    )
    after = models.TextField(_("how it is afterwards"), max_length=2000, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[CareQuerySet] = CareQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="fund_proposal_costs", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="fund_proposal_finished_says_how",
                condition=~Q(state="finished") | ~Q(after=""),
            ),
        ]
        indexes = [models.Index(fields=["fund", "-id"], name="fund_proposal_by_fund")]

    def __str__(self) -> str:
        return self.title


class CareFundEntry(LedgerEntry):
    """A movement of a fund."""

    account = models.ForeignKey(CareFund, on_delete=models.PROTECT, related_name="entries")
    proposal = models.ForeignKey(
        FundProposal, null=True, on_delete=models.PROTECT, related_name="entries"
    )

    class Meta(LedgerEntry.Meta):
        default_permissions = ()
        constraints = [
            *LedgerEntry.Meta.constraints,
            models.CheckConstraint(
                name="care_fund_spends_by_proposal",
                condition=~Q(kind="spending") | Q(proposal__isnull=False, amount__lt=0),
            ),
        ]
        indexes = [models.Index(fields=["account", "-id"], name="care_fund_statement")]

    def __str__(self) -> str:
        return f"{self.account_id} · {self.amount}"
