"""Checks of honest selling, and sales offices that are inspected (MKT-63, MKT-65)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.questionnaires.models import AnswerSheet
from customers.models.interaction import Interaction
from customers.models.project import Project
from marketing.selling import choices
from marketing.selling.querysets import SalesOfficeQuerySet, SellingCheckQuerySet

USER = settings.AUTH_USER_MODEL


class SellingCheck(TimeStamped):
    """A call, chat or mystery visit that is held against the rule of honest selling.

    Drawn ones name the talk; one talk of a consultant is drawn once.
    """

    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("consultant")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=choices.CHECK_KINDS)
    talk = models.ForeignKey(Interaction, null=True, on_delete=models.SET_NULL, related_name="+")
    month_on = models.DateField(help_text="the first day of the month it is for")
    happened_on = models.DateField(_("happened on"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    state = models.CharField(max_length=6, choices=choices.CHECK_STATES, default="open")
    sheet = models.OneToOneField(
        AnswerSheet, null=True, on_delete=models.PROTECT, related_name="selling_check"
    )
    score = models.DecimalField(max_digits=4, decimal_places=1, null=True, help_text="percent")
    done_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[SellingCheckQuerySet] = SellingCheckQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_selling_quality", "See checks, competence and inspections of selling"),
            ("check_selling", "Check calls and chats, send mystery customers, inspect offices"),
            ("take_selling_tests", "Do the tests of competence and see one's own results"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["talk"], name="selling_talk_checked_once", condition=Q(talk__isnull=False)
            ),
            models.CheckConstraint(
                name="selling_check_done_has_sheet",
                condition=~Q(state="done") | Q(done_at__isnull=False, sheet__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["person", "-done_at"], name="selling_check_by_person")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.person} · {self.happened_on}"

    def get_absolute_url(self) -> str:
        """Return the page of the check."""
        return reverse("marketing:selling-check", args=[self.pk])


class SalesOffice(TimeStamped):
    """A store or sales office that is inspected by the standard."""

    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    name = models.CharField(_("name"), max_length=80)
    address = models.CharField(_("address"), max_length=200, blank=True)
    keeper = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    is_open = models.BooleanField(_("in use"), default=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[SalesOfficeQuerySet] = SalesOfficeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "name"], name="sales_office_once")
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.name}"

    def get_absolute_url(self) -> str:
        """Return the page of the office."""
        return reverse("marketing:sales-office", args=[self.pk])
