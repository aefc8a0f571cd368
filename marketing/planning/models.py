"""What planning keeps of its own: comparison sheets that were handed to customers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_site.documents.models import DocumentVersion
from customers.models.customer import Customer
from marketing.planning.choices import HANDED_BY
from marketing.planning.querysets import SendingQuerySet


class SheetSending(models.Model):
    """One comparison sheet, in exactly this version, went to one customer (MKT-11)."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="sheet_sendings")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was sent")
    channel = models.CharField(_("handed over by"), max_length=10, choices=HANDED_BY)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField()

    objects: ClassVar[SendingQuerySet] = SendingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_planning", "See goals, plans and market knowledge"),
            ("keep_planning", "Keep goals, plans and market knowledge"),
            ("send_sheets", "Hand approved comparison sheets to customers"),
        ]
        indexes = [
            models.Index(fields=["customer", "-sent_at"], name="sheet_sending_by_customer"),
            models.Index(fields=["version", "-sent_at"], name="sheet_sending_by_version"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.customer_id}"
