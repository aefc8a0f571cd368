"""Tables of clocks: limits of tickets, what happened to them, measures on concerns, alerts."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.calendars.models import Clock
from customers.models.project import Project
from service.clocks import choices
from service.clocks.querysets import ClockQuerySet, OfClockQuerySet
from service.clocks.rules.limits import Promise
from service.tickets.models import Ticket, TicketCategory

USER = settings.AUTH_USER_MODEL


class TicketClock(Clock):
    """One time limit of a ticket; a reopened ticket has a closure clock for each round (SVC-04).

    ``matter`` is what the table of limits was asked about, ``line`` the line that answered;
    ``target`` counts how often the limit was changed, so that a new limit reminds anew.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    round = models.PositiveSmallIntegerField(default=0, help_text="how often it was reopened then")
    target = models.PositiveSmallIntegerField(default=0, help_text="how often the limit changed")
    matter = models.JSONField(default=dict, help_text="kind, urgency, channel, class codes")
    line = models.JSONField(default=dict, help_text="the line of the table that fits")
    escalation = models.PositiveSmallIntegerField(default=0, help_text="levels already told")

    objects: ClassVar[ClockQuerySet] = ClockQuerySet.as_manager()  # type: ignore[assignment]

    class Meta(Clock.Meta):
        default_permissions = ()
        permissions = [
            ("view_timeliness", "See how timely tickets are handled"),
            ("decide_concerns", "Decide measures on what customers complain about"),
        ]
        constraints = [
            *Clock.Meta.constraints,
            models.UniqueConstraint(
                fields=["ticket", "kind", "round"], name="ticket_clock_once_a_round"
            ),
            models.CheckConstraint(
                name="ticket_clock_kind_known",
                condition=Q(kind__in=[promise.value for promise in Promise]),
            ),
        ]
        indexes = [
            *Clock.Meta.indexes,
            models.Index(fields=["kind", "met_at"], name="ticket_clock_by_meeting"),
            models.Index(
                fields=["kind", "due_at"],
                name="ticket_clock_overdue",
                condition=Q(met_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {self.kind} · {self.state}"


class TicketClockEffect(models.Model):
    """Proof that one step of a clock took effect; its uniqueness is what makes it happen once."""

    clock = models.ForeignKey(TicketClock, on_delete=models.CASCADE, related_name="effects")
    target = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=40, help_text="remind-50, remind-80, breach, escalate-2 …")
    at = models.DateTimeField()
    is_told = models.BooleanField(default=True, help_text="false: overtaken by a later one")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["clock", "target", "step"], name="ticket_clock_step_once"
            )
        ]

    def __str__(self) -> str:
        return self.step


class TicketClockEntry(models.Model):
    """One line of the proof trail of a clock; rows are only added (BEY-02)."""

    clock = models.ForeignKey(TicketClock, on_delete=models.CASCADE, related_name="entries")
    at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=choices.ENTRIES)
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField()
    facts = models.JSONField(default=dict, help_text="limit, policy and calendar versions")
    actor = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfClockQuerySet] = OfClockQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["clock", "at"], name="ticket_clock_trail")]

    def __str__(self) -> str:
        return f"{self.clock_id} · {self.kind}"


class ConcernMeasure(models.Model):
    """What is done about a main concern of a month, or why nothing more is (SVC-39)."""

    month = models.DateField(help_text="first day of the month that was analysed")
    category = models.ForeignKey(
        TicketCategory, on_delete=models.PROTECT, related_name="measures", verbose_name=_("class")
    )
    kind = models.CharField(_("what it is"), max_length=8, choices=choices.MEASURES)
    text = models.CharField(_("measure or reason"), max_length=500)
    owner = models.ForeignKey(
        USER,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("responsible"),
    )
    due_on = models.DateField(_("to be done by"), null=True, blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="concern_measure_has_owner_and_day",
                condition=Q(kind="decision") | Q(owner__isnull=False, due_on__isnull=False),
            ),
            models.CheckConstraint(name="concern_measure_month_begins", condition=Q(month__day=1)),
        ]
        indexes = [models.Index(fields=["month", "category"], name="concern_measure_by_month")]

    def __str__(self) -> str:
        return self.text[:60]


class SlowResponse(models.Model):
    """An alert that repairs of a class are answered slowly in a project, once a month (SVC-100)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    category = models.ForeignKey(
        TicketCategory, null=True, on_delete=models.CASCADE, related_name="+"
    )
    month = models.DateField()
    median_minutes = models.PositiveIntegerField()
    responses = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["project", "category", "month"],
                name="slow_response_once_a_month",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id} · {self.month:%Y-%m}"
