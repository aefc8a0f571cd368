"""Entries of all registers in one table, their history, and the reminders already sent."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.common.subjects import UnknownSubjectError, subject
from crm_site.registers.registry import OPEN, definition, definitions_for


class RegisterEntryQuerySet(models.QuerySet["RegisterEntry"]):
    """Questions about entries."""

    def visible_to(self, user: Any) -> Self:
        """Return the entries of registers ``user`` may look at: own, and of subjects they see."""
        if not user.is_authenticated:
            return self.none()
        seen = Q(pk__in=[])
        for found in definitions_for(user):
            rows = Q(owner=user)
            try:
                if found.subject_kind:
                    kind = subject(found.subject_kind)
                    rows |= Q(
                        subject_kind=kind.kind,
                        subject_id__in=kind.visible_to(user).order_by().values("pk"),
                    )
                else:
                    rows = Q()
            except UnknownSubjectError:
                pass
            seen |= Q(register=found.key) & rows
        return self.filter(seen)

    def of(self, register: str) -> Self:
        """Return the entries of one register."""
        return self.filter(register=register)

    def about(self, kind: str, id: int) -> Self:
        """Return the entries about one subject."""
        return self.filter(subject_kind=kind, subject_id=id)

    def open(self) -> Self:
        """Return what is not closed yet."""
        return self.filter(state=OPEN)

    def overdue(self, *, now: datetime) -> Self:
        """Return open entries that bind and whose time has passed."""
        return self.open().filter(is_binding=True, due_at__lt=now)

    def for_review(self, *, today: Any) -> Self:
        """Return open entries whose review day has come."""
        return self.open().filter(review_on__lte=today)


class RegisterEntry(TimeStamped):
    """One line of a register: what, about whom, who answers for it, until when, how it ended."""

    register = models.SlugField(max_length=40, db_index=False, help_text="key of a definition")
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    title = models.CharField(_("What"), max_length=200)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="register_entries"
    )
    state = models.CharField(max_length=20, default=OPEN, help_text="open, or an outcome's key")
    due_at = models.DateTimeField(null=True)
    is_binding = models.BooleanField(default=True, help_text="missing the due time is a breach")
    next_step_at = models.DateTimeField(null=True, help_text="next reminder or alert")
    review_on = models.DateField(null=True)
    values = models.JSONField(default=dict, help_text="by the keys of the definition's fields")
    evidence = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[RegisterEntryQuerySet] = RegisterEntryQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="register_entry_closed_has_time",
                condition=Q(state=OPEN, closed_at__isnull=True)
                | (~Q(state=OPEN) & Q(closed_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="register_entry_closed_has_evidence",
                condition=Q(state=OPEN) | ~Q(evidence=""),
            ),
            models.CheckConstraint(
                name="register_entry_subject_is_whole",
                condition=Q(subject_kind="", subject_id__isnull=True)
                | (~Q(subject_kind="") & Q(subject_id__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["register", "state", "due_at"], name="register_by_due"),
            models.Index(fields=["subject_kind", "subject_id"], name="register_by_subject"),
            models.Index(fields=["owner", "state"], name="register_by_owner"),
            models.Index(
                fields=["next_step_at"],
                name="register_next_step",
                condition=Q(state=OPEN, next_step_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.state == OPEN

    @property
    def marks(self) -> str:
        """The kind under which its state has a mark."""
        found = definition(self.register)
        return found.marks if found else ""

    def is_overdue(self, now: datetime) -> bool:
        """Return whether it binds, waits and its time has passed."""
        late = self.due_at is not None and self.due_at < now
        return self.is_open and self.is_binding and late


class RegisterEvent(models.Model):
    """Something that happened to an entry."""

    class Kind(models.TextChoices):
        ADDED = "added", _("Added")
        CHANGED = "changed", _("Changed")
        CLOSED = "closed", _("Closed")
        MOVED = "moved", _("Handed to another person")
        REVIEWED = "reviewed", _("Reviewed")

    entry = models.ForeignKey(RegisterEntry, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changes = models.JSONField(default=dict, help_text="field -> [before, after]")
    note = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["entry", "-at"], name="register_event_by_entry")]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry_id}"


class RegisterEffect(models.Model):
    """A reminder or alert that was sent; for one due time each step is taken once."""

    entry = models.ForeignKey(RegisterEntry, on_delete=models.CASCADE, related_name="effects")
    step = models.CharField(max_length=10)
    due_at = models.DateTimeField(help_text="the due time it was about")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "step", "due_at"], name="register_effect_once_per_step"
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.step}"
