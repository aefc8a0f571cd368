"""What buyers were told and confirmed."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.journey import choices
from customers.journey.querysets import ToldItemQuerySet
from customers.journey.rules import FileItem
from customers.models.customer import Customer
from customers.property.models import AdverseFactor
from customers.purchase.models import Purchase


class ToldItem(models.Model):
    """One item of an interaction file as it was told, and the buyer's confirmation (CUS-67).

    ``stated`` is the figure or text at that moment: once it differs from what holds now, or the
    buyer is another, the item is open again. Told again makes a new row; the former one stays.
    """

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="told")
    item = models.CharField(max_length=12, choices=choices.ITEMS)
    factor = models.ForeignKey(
        AdverseFactor, null=True, on_delete=models.PROTECT, related_name="told"
    )
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="told", help_text="the buyer then"
    )
    stated = models.TextField(max_length=1000, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    told_on = models.DateField(_("told on"))
    told_at = models.DateTimeField(help_text="when it was written down")
    confirmed_on = models.DateField(_("confirmed on"), null=True)
    confirmed_how = models.CharField(
        _("confirmed by"), max_length=16, choices=choices.CONFIRMED, blank=True
    )
    proof = models.CharField(_("proof"), max_length=120, blank=True)
    confirmed_at = models.DateTimeField(null=True, help_text="when it was written down")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    is_current = models.BooleanField(default=True, help_text="not told again since")

    objects: ClassVar[ToldItemQuerySet] = ToldItemQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("work_customer_desk", "Work at the customer desk")]
        constraints = [
            models.UniqueConstraint(
                fields=["purchase", "item"],
                name="told_item_current_once",
                condition=Q(is_current=True, factor__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["purchase", "factor"],
                name="told_factor_current_once",
                condition=Q(is_current=True, factor__isnull=False),
            ),
            models.CheckConstraint(
                name="told_adverse_names_factor",
                condition=Q(item=FileItem.ADVERSE.value, factor__isnull=False)
                | (~Q(item=FileItem.ADVERSE.value) & Q(factor__isnull=True)),
            ),
            models.CheckConstraint(
                name="told_confirmed_how_and_when",
                condition=Q(confirmed_on__isnull=True, confirmed_at__isnull=True, confirmed_how="")
                | (
                    Q(confirmed_on__isnull=False, confirmed_at__isnull=False)
                    & ~Q(confirmed_how="")
                    & Q(recorded_by__isnull=False)
                ),
            ),
        ]
        indexes = [models.Index(fields=["purchase", "item"], name="told_by_purchase")]

    def __str__(self) -> str:
        return f"{self.purchase_id} · {self.item}"
