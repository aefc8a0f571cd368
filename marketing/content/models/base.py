"""What most rows of content share: whose they are."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.staff.models import OrgNode
from customers.models.project import Project

USER = settings.AUTH_USER_MODEL


class Placed(TimeStamped):
    """A row of a project, else of a region, else of the company."""

    project = models.ForeignKey(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("project"),
    )
    region = models.ForeignKey(OrgNode, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
