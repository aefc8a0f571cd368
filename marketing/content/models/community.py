"""Groups of owners and customers: members, calendar of posts, questions, mood (MKT-36)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from marketing.content import choices
from marketing.content.models.base import USER, Placed
from marketing.content.querysets import CommunityQuerySet


class Community(Placed):
    """A group on WeChat or in the app, with who looks after it."""

    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=choices.COMMUNITY_KINDS)
    platform = models.CharField(_("platform"), max_length=14, choices=choices.COMMUNITY_PLATFORMS)
    admin = models.ForeignKey(
        USER, on_delete=models.PROTECT, related_name="+", verbose_name=_("looked after by")
    )
    member_count = models.PositiveIntegerField(_("members"), default=0)
    closed_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[CommunityQuerySet] = CommunityQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["region", "name"], name="community_name_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                name="community_of_a_project", condition=Q(project__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the group."""
        return reverse("marketing:community", args=[self.pk])


class CommunityMember(models.Model):
    """A customer known to be in a group."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey(
        Customer, on_delete=models.CASCADE, related_name="community_memberships"
    )
    joined_on = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["community", "customer"], name="community_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.community_id} · {self.customer_id}"


class CommunityPost(models.Model):
    """An entry of the calendar: what is posted when."""

    community = models.ForeignKey(Community, on_delete=models.CASCADE, related_name="posts")
    topic = models.CharField(_("topic"), max_length=10, choices=choices.TOPICS)
    text = models.TextField(_("text"), max_length=2000)
    planned_on = models.DateField(_("planned on"))
    posted_at = models.DateTimeField(null=True)
    reactions = models.PositiveIntegerField(null=True)
    findings = models.JSONField(default=list, help_text="what the scan found")
    policy_version = models.PositiveIntegerField()
    created_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        ordering = ["-planned_on", "-pk"]

    def __str__(self) -> str:
        return self.text[:40]


class CommunityQuestion(models.Model):
    """A question of a member; unanswered too long, the service desk takes it up."""

    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="questions")
    customer = models.ForeignKey(
        Customer,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="community_questions",
        verbose_name=_("customer"),
    )
    asker = models.CharField(_("name in the group"), max_length=40)
    text = models.CharField(_("question"), max_length=500)
    mood = models.CharField(_("mood"), max_length=6, choices=choices.MOODS, default="even")
    asked_at = models.DateTimeField(_("asked at"))
    due_at = models.DateTimeField(help_text="after it the service desk takes it up")
    answer = models.CharField(_("answer"), max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    inquiry = models.CharField(max_length=40, blank=True, help_text="number of the inquiry")
    noted_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="community_question_answered_whole",
                condition=Q(answered_at__isnull=True, answer="")
                | (Q(answered_at__isnull=False, answered_by__isnull=False) & ~Q(answer="")),
            ),
            models.CheckConstraint(
                name="community_question_due_later", condition=Q(due_at__gt=models.F("asked_at"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="community_question_waiting",
                condition=Q(answered_at__isnull=True, inquiry=""),
            )
        ]

    def __str__(self) -> str:
        return self.text[:40]
