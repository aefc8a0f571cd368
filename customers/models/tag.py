"""Words that staff or rules put on customers (CUS-16)."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers import choices
from customers.models.customer import Customer


class Tag(TimeStamped):
    """One word of the dictionary, its owner, and the rule that applies it, if any."""

    name = models.CharField(_("name"), max_length=40, unique=True)
    group = models.CharField(_("group"), max_length=12, choices=choices.TAG_GROUPS)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
    )
    rule = models.JSONField(
        default=dict, help_text="filters of the customer list, key -> value; empty means by hand"
    )
    replaced_by = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        default_permissions = ()
        ordering = ["group", "name"]
        permissions = [("edit_tags", "Edit the tag dictionary")]

    def __str__(self) -> str:
        return self.name


class CustomerTag(models.Model):
    """One tag on one customer, put there by a person or by its rule."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="tag_rows")
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="rows")
    by_rule = models.BooleanField(default=False)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["customer", "tag"], name="customer_tag_once")
        ]
        indexes = [models.Index(fields=["tag", "customer"], name="customer_by_tag")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.tag_id}"
