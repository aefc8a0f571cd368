"""Who belongs together: households and relations between customers (CUS-37)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers import choices
from customers.models.customer import Customer
from customers.querysets import RelationQuerySet


class CustomerRelation(TimeStamped):
    """A directed tie: ``other`` is the spouse, parent, referrer … of ``customer``.

    A tie of the family or a joint purchase puts both into one household (``Customer.household``),
    which figures count as one buyer.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="relations")
    other = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="related_from")
    kind = models.CharField(_("relation"), max_length=16, choices=choices.RELATION_KINDS)
    role = models.CharField(
        _("role in the purchase"), max_length=12, choices=choices.PROJECT_ROLES, blank=True
    )
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[RelationQuerySet] = RelationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["customer", "other", "kind"], name="relation_once"),
            models.CheckConstraint(
                name="relation_not_to_oneself", condition=~Q(customer=F("other"))
            ),
        ]
        indexes = [models.Index(fields=["other"], name="relation_by_other")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.kind} · {self.other_id}"
