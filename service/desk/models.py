"""Calls and their events, seats of agents, incoming messages, quality samples, feedback."""

from datetime import timedelta
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import EncryptedTextField
from crm_site.common.models import TimeStamped
from crm_site.questionnaires.models import AnswerSheet
from customers.models import Customer, Project
from service.desk import choices
from service.desk.querysets import CallQuerySet, OfDeskQuerySet, SampleQuerySet
from service.desk.rules.calls import LIVE, CallState, Mode
from service.tickets.models import Ticket

LIVE_STATES = [each.value for each in LIVE]


class DeskSeat(TimeStamped):
    """An agent's place at the desk: extension, skills, presence (SVC-11)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="desk_seat"
    )
    extension = models.CharField(_("extension"), max_length=20, unique=True)
    skills = ArrayField(models.CharField(max_length=12), default=list, verbose_name=_("skills"))
    state = models.CharField(max_length=8, choices=choices.SEAT_STATES, default="away")
    state_since = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        permissions = [
            ("work_desk", "Work at the call-centre desk"),
            ("lead_desk", "Lead the call-centre desk"),
        ]

    def __str__(self) -> str:
        return self.extension


class DeskCall(TimeStamped):
    """One call, computed from all events the telephone system told of it (SVC-19, SVC-23)."""

    external_id = models.CharField(max_length=100, unique=True)
    number = EncryptedTextField(_("number"), null=True)
    number_index = models.BinaryField(null=True, editable=False)
    line = models.CharField(_("line"), max_length=40, blank=True)
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=choices.CALL_STATES, default=CallState.RINGING.value
    )
    mode = models.CharField(max_length=10, choices=choices.MODES, default=Mode.STAFFED.value)
    began_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    recording = models.CharField(_("recording"), max_length=300, blank=True)
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.SET_NULL, related_name="desk_calls"
    )
    accepted_at = models.DateTimeField(null=True, help_text="when the agent opened it")
    disposition = models.CharField(
        _("outcome"), max_length=12, choices=choices.DISPOSITIONS, blank=True
    )
    note = models.TextField(_("note"), max_length=2000, blank=True)

    ticket = models.ForeignKey(
        Ticket, null=True, on_delete=models.SET_NULL, related_name="desk_calls"
    )

    objects: ClassVar[CallQuerySet] = CallQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["-began_at", "-id"], name="desk_call_by_time"),
            models.Index(fields=["customer", "-began_at"], name="desk_call_by_customer"),
            models.Index(
                fields=["agent"], name="desk_call_live", condition=Q(state__in=LIVE_STATES)
            ),
        ]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.began_at):%Y-%m-%d %H:%M}"

    @property
    def caller(self) -> str:
        """The number that calls, canonical where it is one; empty where it is hidden."""
        return str(self.number or "")

    @property
    def length(self) -> timedelta | None:
        """How long was spoken; ``None`` while it runs, or where nobody answered."""
        if self.answered_at is None or self.ended_at is None:
            return None
        return self.ended_at - self.answered_at

    @property
    def is_live(self) -> bool:
        """Whether it rings or is spoken."""
        return self.state in LIVE_STATES


class CallEvent(models.Model):
    """An event of the telephone system that was believed; unique, so a replay changes nothing."""

    event = models.CharField(max_length=100, unique=True)
    call = models.ForeignKey(DeskCall, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=12, choices=choices.CALL_EVENTS)
    at = models.DateTimeField()
    caller = EncryptedTextField(null=True)
    line = models.CharField(max_length=40, blank=True)
    extension = models.CharField(max_length=20, blank=True)
    recording = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["call", "at"], name="call_event_by_call")]

    def __str__(self) -> str:
        return f"{self.call_id} · {self.kind}"


class DeskMessage(TimeStamped):
    """One message as it came in, once for each key of its channel; it becomes a ticket (SVC-20)."""

    channel = models.CharField(_("channel"), max_length=8, choices=choices.CHANNELS)
    key = models.CharField(max_length=120)
    name = models.CharField(_("name"), max_length=80, blank=True)
    phone = EncryptedTextField(_("phone"), null=True)
    email = EncryptedTextField(_("e-mail"), null=True)
    subject = models.CharField(_("subject"), max_length=120)
    body = models.TextField(_("message"), max_length=4000, blank=True)
    document = models.CharField(
        max_length=300, blank=True, help_text="where the recording or the fax is kept"
    )
    received_at = models.DateTimeField()
    queued_from = models.DateTimeField(help_text="first working minute of the hotline")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.SET_NULL, related_name="desk_messages"
    )
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="desk_messages")
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_at = models.DateTimeField(null=True)

    objects: ClassVar[OfDeskQuerySet] = OfDeskQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["channel", "key"], name="desk_message_once"),
            models.CheckConstraint(
                name="desk_message_taken_whole",
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["queued_from", "id"],
                name="desk_message_waiting",
                condition=Q(taken_by__isnull=True),
            ),
            models.Index(fields=["customer", "-received_at"], name="desk_message_by_customer"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def contact_phone(self) -> str:
        """The number given with the message; empty without one."""
        return str(self.phone or "")


class QualitySample(TimeStamped):
    """A call or a case of an agent drawn for quality, and how it was scored (SVC-25)."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="first day of the month it was drawn for")
    call = models.ForeignKey(DeskCall, null=True, on_delete=models.CASCADE, related_name="samples")
    ticket = models.ForeignKey(Ticket, null=True, on_delete=models.CASCADE, related_name="+")
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    sheet = models.OneToOneField(
        AnswerSheet, null=True, on_delete=models.PROTECT, related_name="desk_sample"
    )
    coach_note = models.TextField(_("note for the agent"), max_length=1000, blank=True)

    objects: ClassVar[SampleQuerySet] = SampleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["call"], name="sample_call_once"),
            models.UniqueConstraint(fields=["ticket"], name="sample_ticket_once"),
            models.CheckConstraint(
                name="sample_is_of_one_thing",
                condition=Q(call__isnull=True, ticket__isnull=False)
                | Q(call__isnull=False, ticket__isnull=True),
            ),
        ]
        indexes = [models.Index(fields=["agent", "-month"], name="sample_by_agent")]

    def __str__(self) -> str:
        return f"{self.agent} · {self.month:%Y-%m} · {self.ticket or self.call}"


class InfoQuery(models.Model):
    """A question put to the self-service line, and whether the asker was known (SVC-26)."""

    at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=[("web", _("Web")), ("menu", _("Keypad"))])
    phone_index = models.BinaryField(null=True)
    topic = models.CharField(max_length=12, choices=choices.TOPICS)
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.CASCADE, related_name="info_queries"
    )

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["phone_index", "-at"], name="info_query_by_phone")]

    def __str__(self) -> str:
        return f"{self.topic} · {self.at:%Y-%m-%d %H:%M}"

    @property
    def was_known(self) -> bool:
        """Whether the asker proved who they are."""
        return self.customer_id is not None


class Feedback(TimeStamped):
    """One thing a customer told us, whichever of the seven ways it came (SVC-44)."""

    way = models.CharField(_("way"), max_length=14, choices=choices.WAYS)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="feedback"
    )
    project = models.ForeignKey(Project, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField(_("what was said"), max_length=2000, blank=True)
    score = models.PositiveSmallIntegerField(_("score"), null=True, blank=True)
    source_kind = models.CharField(max_length=20, blank=True)
    source_id = models.CharField(max_length=80, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[OfDeskQuerySet] = OfDeskQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["source_kind", "source_id"],
                name="feedback_source_once",
                condition=~Q(source_id=""),
            ),
            models.CheckConstraint(
                name="feedback_score_one_to_ten",
                condition=Q(score__isnull=True) | Q(score__gte=1, score__lte=10),
            ),
        ]
        indexes = [models.Index(fields=["-at", "-id"], name="feedback_by_time")]

    def __str__(self) -> str:
        return f"{self.get_way_display()} · {timezone.localtime(self.at):%Y-%m-%d}"
