"""Contractors, and who built which trade of which project."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField
from crm_site.common.models import TimeStamped
from customers.models import Project
from service.repairs import choices
from service.repairs.querysets import InProjectQuerySet


class Contractor(TimeStamped):
    """A company that builds and repairs, for one or more trades (SVC-99)."""

    name = models.CharField(_("contractor"), max_length=80, unique=True)
    trades = ArrayField(
        models.CharField(max_length=10, choices=choices.TRADES), verbose_name=_("trades")
    )
    contact = models.CharField(_("contact person"), max_length=40, blank=True)
    phone = EncryptedTextField(_("phone"), null=True, blank=True)
    is_active = models.BooleanField(_("is sent to repairs"), default=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_repairs", "See repairs, contractors and upkeep"),
            ("work_repairs", "Take up repairs, send contractors and note the acceptance"),
            ("keep_contractors", "Keep contractors and who built which trade"),
            ("charge_contractors", "Charge repairs back to contractors"),
            ("keep_upkeep", "Keep the plans of upkeep of older estates"),
            ("answer_improvements", "Keep and answer requests for better products"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def trade_words(self) -> list[str]:
        """The trades in words."""
        words = dict(choices.TRADES)
        return [str(words.get(trade, trade)) for trade in self.trades]


class BuiltBy(TimeStamped):
    """Which contractor built a trade of a project; repairs of it go there first."""

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="built_by")
    trade = models.CharField(_("trade"), max_length=10, choices=choices.TRADES)
    contractor = models.ForeignKey(
        Contractor,
        on_delete=models.PROTECT,
        related_name="built",
        verbose_name=_("contractor"),
    )

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "trade"], name="built_by_one_contractor")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} · {self.trade} · {self.contractor_id}"
