"""Agencies and distributors: contract, territory, people, breaches, checks."""

import datetime as dt
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField
from crm_site.common.models import TimeStamped
from crm_site.questionnaires.models import AnswerSheet
from customers.models import Project
from marketing.channels import choices
from marketing.channels.models.channel import Channel
from marketing.channels.querysets import OfPartnerQuerySet, PartnerQuerySet
from marketing.channels.rules.kinds import PartnerState

USER = settings.AUTH_USER_MODEL


class Partner(TimeStamped):
    """An agency or distributor; ``name`` is what it claims customers under (MKT-67)."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    channel = models.ForeignKey(
        Channel, on_delete=models.PROTECT, related_name="partners", verbose_name=_("channel")
    )
    state = models.CharField(
        max_length=10, choices=choices.PARTNER_STATES, default=PartnerState.CANDIDATE.value
    )
    state_since = models.DateTimeField()
    contract_no = models.CharField(_("contract number"), max_length=60, blank=True)
    contract_document = models.CharField(
        _("contract document"), max_length=80, blank=True, help_text=_("Number of the document.")
    )
    starts_on = models.DateField(_("contract from"), null=True, blank=True)
    ends_on = models.DateField(_("contract until"), null=True, blank=True)
    licence_no = models.CharField(_("licence"), max_length=60, blank=True)
    licence_until = models.DateField(_("licence until"), null=True, blank=True)
    territory = models.ManyToManyField(
        Project, blank=True, related_name="partners", verbose_name=_("territory")
    )
    is_everywhere = models.BooleanField(_("all projects"), default=False)
    contact_name = models.CharField(_("contact"), max_length=40, blank=True)
    contact_phone = EncryptedTextField(_("phone of the contact"), null=True)
    owner = models.ForeignKey(
        USER,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects: ClassVar[PartnerQuerySet] = PartnerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="partner_term_in_order",
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("marketing:partner", args=[self.pk])

    def runs_on(self, day: dt.date) -> bool:
        """Return whether the contract runs on ``day``; one without an end is none."""
        return bool(self.starts_on and self.ends_on and self.starts_on <= day <= self.ends_on)


class PartnerUser(TimeStamped):
    """The account of somebody who works for a partner (PLT-46)."""

    user = models.OneToOneField(USER, on_delete=models.CASCADE, related_name="partner_user")
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="users")
    is_active = models.BooleanField(default=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.partner_id} · {self.user_id}"


class PartnerEvent(models.Model):
    """What happened with a partner; rows are only added."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=16, help_text="added, changed, moved, breach, check")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, blank=True)
    note = models.CharField(max_length=300, blank=True)
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["partner", "-at"], name="partner_event_by_partner")]

    def __str__(self) -> str:
        return f"{self.partner_id} · {self.kind}"

    @property
    def label(self) -> Any:
        """What happened, in words."""
        return choices.PARTNER_EVENTS.get(self.kind, self.kind)


class PartnerStaff(TimeStamped):
    """A person on the staff list of a partner: licence, training in the rules (MKT-72, MKT-73)."""

    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="staff")
    name = models.CharField(_("name"), max_length=40)
    licence_no = models.CharField(_("licence"), max_length=60, blank=True)
    trained_on = models.DateField(_("trained in the rules on"), null=True, blank=True)
    joined_on = models.DateField(_("since"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True)

    objects: ClassVar[OfPartnerQuerySet] = OfPartnerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "name", "licence_no"], name="partner_staff_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class PartnerBreach(models.Model):
    """A breach of the rules of conduct and what followed; never taken away (MKT-72)."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="breaches")
    staff = models.ForeignKey(
        PartnerStaff, null=True, blank=True, on_delete=models.PROTECT, related_name="breaches"
    )
    kind = models.CharField(_("breach"), max_length=16, choices=choices.BREACHES)
    on = models.DateField(_("day"))
    note = models.CharField(_("what happened"), max_length=500)
    penalty = models.DecimalField(
        _("penalty (yuan)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    is_complaint = models.BooleanField(_("a customer complained"), default=False)
    suspended = models.BooleanField(default=False, editable=False)
    key = models.CharField(max_length=80, unique=True, editable=False)
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[OfPartnerQuerySet] = OfPartnerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["partner", "-on"], name="partner_breach_by_day")]
        constraints = [
            models.CheckConstraint(
                name="partner_breach_penalty_positive",
                condition=Q(penalty=None) | Q(penalty__gt=0),
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} · {self.on}"


class PartnerCheck(models.Model):
    """The score of a service-quality check, or of a selection, of an agency (MKT-73)."""

    partner = models.ForeignKey(Partner, on_delete=models.PROTECT, related_name="checks")
    sheet = models.OneToOneField(AnswerSheet, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=choices.CHECKS)
    on = models.DateField(_("day"))
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2)
    is_below = models.BooleanField(default=False)
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[OfPartnerQuerySet] = OfPartnerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["partner", "-on"], name="partner_check_by_day")]

    def __str__(self) -> str:
        return f"{self.partner_id} · {self.score}"
