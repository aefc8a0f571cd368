"""Papers handed in for a purchase, and the transfer of its file."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.files import StoredFile
from customers.paperwork import choices
from customers.paperwork.querysets import OfPurchaseQuerySet
from customers.purchase.models import Purchase


class PaperFile(StoredFile):
    """The copy of a paper, encrypted."""

    class Meta:
        default_permissions = ()


class PurchasePaper(models.Model):
    """A paper of a checklist that was handed in; taken back, the row stays with its reason."""

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="papers")
    name = models.CharField(_("paper"), max_length=40)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    copy = models.OneToOneField(
        PaperFile, null=True, on_delete=models.PROTECT, related_name="paper"
    )
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects: ClassVar[OfPurchaseQuerySet] = OfPurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("keep_papers", "Take in the papers of purchases"),
            ("receive_files", "Accept the files of customers"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "name"],
                name="paper_stands_once",
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="paper_taken_back_with_reason",
                condition=Q(withdrawn_at__isnull=True, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FileTransfer(models.Model):
    """The file of a purchase on its way from sales to service or property (CUS-71).

    Who sends signs by sending, who receives by accepting; never the same person. ``missing`` are
    the papers the list asked for and the file did not hold when it was sent.
    """

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="file_transfers")
    side = models.CharField(_("goes to"), max_length=10, choices=choices.SIDES)
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="files_sent"
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="files_received"
    )
    papers = models.JSONField(default=list, help_text="names of the papers in the file")
    missing = models.JSONField(default=list, help_text="names of the papers that were missing")
    note = models.CharField(_("note"), max_length=200, blank=True)
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=choices.TRANSFER_STATES, default="sent")
    decided_at = models.DateTimeField(null=True)
    decision_note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[OfPurchaseQuerySet] = OfPurchaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["purchase"], name="file_one_on_its_way", condition=Q(state="sent")
            ),
            models.CheckConstraint(
                name="file_needs_two_people", condition=~Q(sender=F("receiver"))
            ),
            models.CheckConstraint(
                name="file_decided_at_when_over",
                condition=Q(state="sent", decided_at__isnull=True)
                | (~Q(state="sent") & Q(decided_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["receiver", "state"], name="file_by_receiver"),
            models.Index(fields=["purchase", "-sent_at"], name="file_by_purchase"),
        ]

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.get_state_display()}"
