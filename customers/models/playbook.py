"""Templates of task sets and their runs (CUS-24)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers import choices
from customers.models.customer import Customer
from customers.models.lead import Lead


class Playbook(TimeStamped):
    """What is to be done when something happens: steps with offset, role and kind of task."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=80)
    trigger = models.CharField(_("starts with"), max_length=40, choices=choices.playbook_triggers)
    steps = models.JSONField(
        default=list,
        help_text="per step: key, title, offset_hours, role, task_kind, gate; rules.playbooks",
    )
    version = models.PositiveIntegerField(default=1)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        default_permissions = ()
        ordering = ["trigger", "key"]
        permissions = [("edit_playbooks", "Edit playbooks")]

    def __str__(self) -> str:
        return self.name


class PlaybookRun(models.Model):
    """One playbook at work for one customer; unique per occurrence of its trigger.

    Its tasks carry ``source="playbook"`` and ``source_id="<run>:<step key>"``, which is unique.
    """

    playbook = models.ForeignKey(Playbook, on_delete=models.PROTECT, related_name="runs")
    version = models.PositiveIntegerField()
    steps = models.JSONField(default=list, help_text="the steps as they were when the run started")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="playbook_runs")
    lead = models.ForeignKey(Lead, null=True, on_delete=models.SET_NULL, related_name="+")
    occurrence = models.CharField(max_length=80, help_text="key of the event that started it")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(
        max_length=200, blank=True, db_default="", help_text="why somebody stopped it"
    )
    next_step_at = models.DateTimeField(null=True, help_text="when the next task is to be made")

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["playbook", "customer", "occurrence"], name="playbook_run_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_step_at"], name="playbook_run_due", condition=Q(ended_at__isnull=True)
            ),
            models.Index(fields=["customer", "-started_at"], name="playbook_run_by_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.playbook_id} · {self.customer_id}"
