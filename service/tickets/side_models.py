"""What hangs on a ticket: sub-tasks, transfers, callbacks, directives, links, files, officers."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.files import StoredFile
from customers.models.project import Project
from customers.property.querysets import InProjectQuerySet
from service.tickets import choices, rules
from service.tickets.querysets import OfTicketQuerySet, TaskQuerySet
from service.tickets.ticket_models import Ticket

USER = settings.AUTH_USER_MODEL


class TicketTask(models.Model):
    """What one department has to do for a ticket; it cannot close before (SVC-33)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="tasks")
    title = models.CharField(_("what is to be done"), max_length=200)
    department = models.CharField(_("department"), max_length=16, choices=choices.DEPARTMENTS)
    owner = models.ForeignKey(
        USER, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    state = models.CharField(max_length=8, choices=choices.TASK_STATES, default="open")
    result = models.TextField(_("result"), max_length=2000, blank=True)
    given_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ended_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[TaskQuerySet] = TaskQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="ticket_task_ended_has_result",
                condition=Q(state="open") | (~Q(result="") & Q(ended_at__isnull=False)),
            )
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"], name="ticket_task_open", condition=Q(state="open")
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TicketTransfer(models.Model):
    """An offer to take a ticket over; it stands only when it is accepted (SVC-03, SVC-06)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="transfers")
    giver = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    department = models.CharField(max_length=16, choices=choices.DEPARTMENTS, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    state = models.CharField(max_length=10, choices=choices.TRANSFER_STATES, default="asked")
    asked_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="unanswered by then, it is passed up")
    escalated_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=300, blank=True)

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"], name="ticket_transfer_one_at_a_time", condition=Q(state="asked")
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], name="ticket_transfer_due", condition=Q(state="asked")),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {self.state}"


class TicketCallback(models.Model):
    """What the customer said after it: solved and pleasant, each by itself (SVC-31, SVC-32)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="callbacks")
    kind = models.CharField(_("how"), max_length=8, choices=choices.CALLBACKS, default="phone")
    at = models.DateTimeField()
    solved = models.CharField(_("solved"), max_length=6, choices=choices.SOLVED)
    pleasant = models.PositiveSmallIntegerField(_("feeling"), help_text="raw, 1 to scale")
    scale = models.PositiveSmallIntegerField(default=5, help_text="best mark: 5 or 10")
    is_satisfied = models.BooleanField(help_text="solved and pleasant")
    words = models.TextField(_("what the customer said"), max_length=2000, blank=True)
    round = models.PositiveSmallIntegerField(default=0, help_text="how often it was reopened then")
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="ticket_callback_on_scale",
                condition=Q(scale__in=rules.SCALES, pleasant__gte=1, pleasant__lte=F("scale")),
            ),
            models.CheckConstraint(
                name="ticket_callback_solved_known",
                condition=Q(solved__in=[each.value for each in rules.Solved]),
            ),
        ]
        indexes = [models.Index(fields=["at"], name="ticket_callback_by_time")]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {self.solved} · {self.pleasant}"


class TicketDirective(models.Model):
    """A word of head office on a ticket that must be answered (SVC-34)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="directives")
    text = models.TextField(_("directive"), max_length=2000)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField(_("to be answered by"))
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="ticket_directive_answer_is_whole",
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False) & ~Q(answer="")),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class TicketLink(models.Model):
    """Two tickets that belong together; ``other`` is the later or the split-off one."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=8, choices=choices.LINKS, default="related")
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["ticket", "other"], name="ticket_link_once"),
            models.CheckConstraint(
                name="ticket_link_is_not_to_itself", condition=~Q(ticket=F("other"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {self.other_id}"


class TicketPaper(StoredFile):
    """A file that belongs to a ticket: a photo, a letter, a contract page."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="papers")
    label = models.CharField(_("what it is"), max_length=80, blank=True)
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "digest"], name="ticket_paper_once")
        ]


class TicketOfficer(models.Model):
    """Who receives the complaints or repairs of a project every day (SVC-30, SVC-87)."""

    DUTIES = [("complaint", _("Complaints")), ("repair", pgettext_lazy("officer", "Repairs"))]
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="ticket_officers")
    duty = models.CharField(max_length=10, choices=DUTIES)
    user = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField()

    objects: ClassVar[InProjectQuerySet] = InProjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["project", "duty"], name="ticket_officer_once")
        ]

    def __str__(self) -> str:
        return f"{self.project} · {self.duty}"
