"""Words learned from complaints, suggested groups, and what a group has beside its ticket."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models.project import Project
from service.groups import choices
from service.groups.querysets import SuggestionQuerySet
from service.groups.rules.linking import SuggestionState
from service.tickets.models import Ticket
from service.tickets.querysets import OfTicketQuerySet

USER = settings.AUTH_USER_MODEL


class GroupCorpus(models.Model):
    """How many complaint texts of a project are learned; its row is locked while one is."""

    project = models.OneToOneField(
        Project, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    texts = models.PositiveIntegerField(default=0)
    grouped_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.project_id} · {self.texts}"


class PairCount(models.Model):
    """In how many texts of a project a pair of characters stands."""

    corpus = models.ForeignKey(GroupCorpus, on_delete=models.CASCADE, related_name="pairs")
    pair = models.CharField(max_length=40)
    texts = models.PositiveIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["corpus", "pair"], name="group_pair_once")]

    def __str__(self) -> str:
        return f"{self.pair} · {self.texts}"


class GroupSuggestion(TimeStamped):
    """Complaints that seem to be about one matter, and what a manager said to it (SVC-36)."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(
        max_length=8, choices=choices.STATES, default=SuggestionState.GROWING.value
    )
    size = models.PositiveIntegerField(default=0)
    burst = models.PositiveIntegerField(default=0, help_text="most within the days of the policy")
    within = models.FloatField(default=0, help_text="likeness summed over all pairs of members")
    words = ArrayField(models.CharField(max_length=20), default=list)
    facts = models.JSONField(default=dict, help_text="fact: members that share it")
    first_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)
    alerted_at = models.DateTimeField(null=True)
    group = models.OneToOneField(
        Ticket, null=True, on_delete=models.SET_NULL, related_name="suggestion"
    )
    decided = models.PositiveIntegerField(default=0, help_text="members when it was decided")
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    objects: ClassVar[SuggestionQuerySet] = SuggestionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_groups", "See suggested groups, group complaints and crisis rooms"),
            ("lead_groups", "Form group complaints, plan them and answer their members"),
            ("command_crisis", "Open and run crisis rooms"),
            ("approve_statements", "Approve what is said in a crisis"),
        ]
        constraints = [
            models.CheckConstraint(
                name="group_suggestion_decided_whole",
                condition=Q(state__in=["growing", "open"]) | Q(decided_at__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["project", "state", "-burst"], name="group_suggestion_by_state"),
        ]

    def __str__(self) -> str:
        return "、".join(self.words[:3]) or str(_("Complaints about one matter"))  # han: list comma


class TicketText(models.Model):
    """What stands for the text of a ticket when others are compared with it."""

    ticket = models.OneToOneField(
        Ticket, primary_key=True, on_delete=models.CASCADE, related_name="text"
    )
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()
    terms = ArrayField(models.CharField(max_length=40), default=list)
    weights = ArrayField(models.FloatField(), default=list)
    promise = models.CharField(
        max_length=200, blank=True, help_text="bare words of what was promised, if it is about that"
    )
    suggestion = models.ForeignKey(
        GroupSuggestion, null=True, on_delete=models.SET_NULL, related_name="texts"
    )

    class Meta:
        default_permissions = ()
        indexes = [
            GinIndex(fields=["terms"], name="ticket_text_terms"),
            models.Index(fields=["project", "at"], name="ticket_text_by_time"),
            models.Index(
                fields=["project", "promise"],
                name="ticket_text_by_promise",
                condition=~Q(promise=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {len(self.terms)}"

    @property
    def vector(self) -> dict[str, float]:
        """The pairs and their weights."""
        return dict(zip(self.terms, self.weights, strict=True))


class GroupRepresentative(models.Model):
    """A member who speaks for the others of a group complaint."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="representatives")
    member = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="represents")
    named_at = models.DateTimeField()
    named_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {self.member_id}"


class GroupStep(models.Model):
    """A line of the progress board of a group complaint."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="group_steps")
    title = models.CharField(_("step"), max_length=120)
    due_on = models.DateField(_("until"), null=True, blank=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.title
