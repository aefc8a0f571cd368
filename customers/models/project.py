"""The housing project a lead is about and units belong to."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_site.staff.models import OrgNode
from customers.property.querysets import ProjectQuerySet


class Project(models.Model):
    """A housing project; shares its key with the organisation node of kind project."""

    node = models.OneToOneField(
        OrgNode, primary_key=True, on_delete=models.PROTECT, related_name="housing_project"
    )
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    city = models.CharField(_("city"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    launch_on = models.DateField(_("launch"), null=True, blank=True)
    specialist = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("customer specialist"),
        help_text="looks after the buyers (CUS-68)",
    )

    objects: ClassVar[ProjectQuerySet] = ProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name
