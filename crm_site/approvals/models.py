"""What waits for signatures, and the signatures."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.staff.rules.organisation import Scope


def _permissions_of(user: Any) -> list[str]:
    return sorted(user.role_definition.may) if user.is_active else []


def _reached_by(user: Any) -> Q:
    """Return the condition that ``user`` stands above, or with, the requester (PLT-14)."""
    if user.role_definition.scope is Scope.COMPANY:
        return Q()
    return Q(places__contains=[user.node_id]) if user.node_id else Q(pk__in=[])


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Questions about approvals."""

    def visible_to(self, user: Any) -> Self:
        """Return what ``user`` asked for, signed, or may be asked to sign."""
        if not user.is_authenticated:
            return self.none()
        signed = ApprovalSignature.objects.filter(approval=OuterRef("pk"), signer=user)
        asked = Q(steps__overlap=_permissions_of(user)) & _reached_by(user)
        return self.filter(Q(requester=user) | asked | Exists(signed))

    def to_sign_by(self, user: Any, *, now: datetime) -> Self:
        """Return what waits for ``user`` now: never one's own, never signed twice."""
        if not user.is_authenticated:
            return self.none()
        signed = ApprovalSignature.objects.standing().filter(approval=OuterRef("pk"), signer=user)
        return self.filter(
            _reached_by(user),
            ~Exists(signed),
            state=Approval.State.WAITING,
            expires_at__gt=now,
            next_permissions__overlap=_permissions_of(user),
        ).exclude(requester=user)

    def overdue(self, *, now: datetime) -> Self:
        """Return what ran out of time while it waited or was not used."""
        live = [Approval.State.WAITING, Approval.State.APPROVED]
        return self.filter(state__in=live, expires_at__lte=now)


class Approval(models.Model):
    """Somebody asks that exactly this be allowed; it is used once, before it expires."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for signatures")
        APPROVED = "approved", _("Approved")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")
        USED = "used", _("Used")

    kind = models.CharField(max_length=40, help_text="key of a registered approval kind")
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=200)
    reason = models.CharField(max_length=300, blank=True)
    content = models.JSONField(default=dict, help_text="what is signed")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content")
    steps = ArrayField(models.CharField(max_length=60), help_text="a permission per signature")
    joint = models.BooleanField(default=False, help_text="signed in any order")
    next_permissions = ArrayField(models.CharField(max_length=60), default=list)
    round = models.PositiveIntegerField(default=1, help_text="changed content starts a new round")
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="approvals"
    )
    places = ArrayField(models.BigIntegerField(), help_text="the requester's place and above")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[ApprovalQuerySet] = ApprovalQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="approval_used_has_time",
                condition=Q(state="used", used_at__isnull=False)
                | (~Q(state="used") & Q(used_at__isnull=True)),
            ),
            models.CheckConstraint(name="approval_asks_somebody", condition=Q(steps__len__gt=0)),
        ]
        indexes = [
            models.Index(fields=["requester", "-id"], name="approval_by_requester"),
            models.Index(fields=["subject_kind", "subject_id"], name="approval_by_subject"),
            models.Index(fields=["state", "expires_at"], name="approval_by_expiry"),
            GinIndex(
                fields=["next_permissions"], name="approval_waiting", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_waiting(self) -> bool:
        """Whether signatures are missing; it may have run out of time meanwhile."""
        return self.state == self.State.WAITING


class SignatureQuerySet(models.QuerySet["ApprovalSignature"]):
    """Questions about signatures."""

    def standing(self) -> Self:
        """Return the signatures that no change of content has voided."""
        return self.filter(voided_at__isnull=True)


class ApprovalSignature(models.Model):
    """One person's yes or no to exactly one content."""

    approval = models.ForeignKey(Approval, on_delete=models.CASCADE, related_name="signatures")
    step = models.PositiveSmallIntegerField(help_text="index into the approval's steps")
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    is_refusal = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64, help_text="of the content that was signed")
    at = models.DateTimeField(default=timezone.now)
    voided_at = models.DateTimeField(null=True)

    objects: ClassVar[SignatureQuerySet] = SignatureQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="approval_not_signed_by_requester", condition=~Q(signer=F("requester"))
            ),
            models.UniqueConstraint(
                fields=["approval", "signer"],
                name="approval_signed_once_per_person",
                condition=Q(voided_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["approval", "step"],
                name="approval_signed_once_per_step",
                condition=Q(voided_at__isnull=True),
            ),
            models.CheckConstraint(
                name="approval_refusal_has_reason",
                condition=Q(is_refusal=False) | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approval_id} · {self.step}"
