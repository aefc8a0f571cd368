"""The crisis room: its level, who does what, the log, statements, the closing review."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from service.groups import choices
from service.groups.querysets import OfRoomQuerySet, RoomQuerySet
from service.groups.rules.crisis import LEVELS, StatementState
from service.tickets.models import Ticket

USER = settings.AUTH_USER_MODEL


class CrisisRoom(TimeStamped):
    """What a crisis has beside its ticket (SVC-37)."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="crisis_room")
    about = models.ForeignKey(
        Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="crises"
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=choices.LEVELS)
    is_drill = models.BooleanField(_("drill"), default=False)
    lessons = models.TextField(_("what we learn from it"), max_length=4000, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[RoomQuerySet] = RoomQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="crisis_level_known", condition=Q(level__in=LEVELS)),
            models.CheckConstraint(
                name="crisis_review_is_whole",
                condition=Q(reviewed_at__isnull=True)
                | (~Q(lessons="") & Q(reviewed_by__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ticket)


class CrisisDuty(models.Model):
    """Who does what in a crisis."""

    room = models.ForeignKey(CrisisRoom, on_delete=models.CASCADE, related_name="duties")
    duty = models.CharField(_("duty"), max_length=12, choices=choices.DUTIES)
    user = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("who")
    )
    named_at = models.DateTimeField()

    objects: ClassVar[OfRoomQuerySet] = OfRoomQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["room", "duty"], name="crisis_duty_once")]

    def __str__(self) -> str:
        return f"{self.room_id} · {self.duty}"


class CrisisEntry(models.Model):
    """A line of the log of a crisis; rows are only added."""

    room = models.ForeignKey(CrisisRoom, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(_("kind"), max_length=8, choices=choices.ENTRIES)
    text = models.TextField(_("text"), max_length=2000)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfRoomQuerySet] = OfRoomQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["room", "-at"], name="crisis_entry_by_time")]

    def __str__(self) -> str:
        return f"{self.room_id} · {self.kind}"


class CrisisStatement(models.Model):
    """What the company says; it goes out only after somebody else approved the words."""

    room = models.ForeignKey(CrisisRoom, on_delete=models.CASCADE, related_name="statements")
    audience = models.CharField(_("to whom"), max_length=80)
    text = models.TextField(_("words"), max_length=4000)
    state = models.CharField(
        max_length=8, choices=choices.STATEMENTS, default=StatementState.DRAFT.value
    )
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    approver = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    out_at = models.DateTimeField(null=True)

    objects: ClassVar[OfRoomQuerySet] = OfRoomQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="crisis_statement_second_person",
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
            ),
            models.CheckConstraint(
                name="crisis_statement_approved_first",
                condition=~Q(state__in=["approved", "out"]) | Q(approver__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audience} · {self.state}"
