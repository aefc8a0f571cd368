"""What one person must do by a time."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.common.subjects import UnknownSubjectError, url_of
from customers import choices
from customers.models.customer import Customer
from customers.models.lead import Lead
from customers.querysets import TaskQuerySet
from customers.rules.axes import TaskKind, TaskState


class Task(TimeStamped):
    """One thing one person must do by a time, with reminders and escalation (CUS-24, CUS-44)."""

    kind = models.CharField(
        max_length=12, choices=choices.TASK_KINDS, default=TaskKind.FOLLOW_UP.value
    )
    title = models.CharField(_("what to do"), max_length=200)
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.CASCADE, related_name="tasks"
    )
    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="tasks")
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tasks"
    )
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(
        max_length=10, choices=choices.TASK_STATES, default=TaskState.OPEN.value
    )
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=500, blank=True)
    source = models.CharField(max_length=40, help_text="interaction, manual, playbook …")
    source_id = models.CharField(max_length=40, blank=True)
    next_step_at = models.DateTimeField(null=True, help_text="when the next reminder is due")
    step = models.PositiveSmallIntegerField(default=0, help_text="reminders already sent")
    occurrence = models.PositiveIntegerField(default=1, help_text="grows when the task is put off")
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[TaskQuerySet] = TaskQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="task_done_has_time",
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"],
                name="task_once_per_source",
                condition=~Q(source_id=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "due_at"], name="task_open_by_owner", condition=Q(state="open")
            ),
            models.Index(fields=["next_step_at"], name="task_to_remind", condition=Q(state="open")),
            models.Index(fields=["customer", "-due_at"], name="task_by_customer"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def subject_url(self) -> str:
        """The page of what it belongs to beside the customer; empty where there is none."""
        try:
            return url_of(self.subject_kind, self.subject_id) if self.subject_kind else ""
        except UnknownSubjectError:
            return ""


class TaskEvent(models.Model):
    """A step in the life of a task."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=20, help_text="created, done, reopened, postponed, moved")
    note = models.CharField(max_length=500, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.kind


class TaskEffect(models.Model):
    """Proof that one reminder step of one occurrence took effect; unique, so it happens once."""

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="effects")
    occurrence = models.PositiveIntegerField()
    step = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["task", "occurrence", "step"], name="task_step_once")
        ]

    def __str__(self) -> str:
        return self.step
