"""Chances with customers one has: opportunities, recommendations, information (CUS-35, CUS-75)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from customers.models import Customer, Project
from marketing.segments import words
from marketing.segments.querysets import InfoSendQuerySet, OfTheirCustomerQuerySet, OpenChances

USER = settings.AUTH_USER_MODEL


class Opportunity(TimeStamped):
    """A second deal that a rule sees with a customer; it closes with an outcome only."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="opportunities")
    kind = models.CharField(_("kind"), max_length=6, choices=words.OPPORTUNITY_KINDS)
    rule = models.CharField(_("reason"), max_length=16, choices=words.OPPORTUNITY_RULES)
    facts = models.JSONField(default=dict, help_text="what the rule saw")
    target = models.ForeignKey(
        Project, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("project")
    )
    owner = models.ForeignKey(
        USER, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    state = models.CharField(max_length=8, choices=words.OPPORTUNITY_STATES, default="open")
    outcome = models.CharField(_("outcome"), max_length=12, choices=words.OUTCOMES, blank=True)
    note = models.CharField(_("what the customer said"), max_length=300, blank=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OpenChances] = OpenChances.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_opportunities", "See opportunities with existing customers"),
            ("work_opportunities", "Work on opportunities and recommendations"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "rule"],
                name="opportunity_open_once_per_rule",
                condition=~Q(state="closed"),
            ),
            models.CheckConstraint(
                name="opportunity_closes_with_outcome",
                condition=Q(state="closed", closed_at__isnull=False) & ~Q(outcome="")
                | ~Q(state="closed") & Q(outcome="", closed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-opened_at", "-id"], name="opportunity_by_state"),
            models.Index(fields=["owner", "state"], name="opportunity_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} · {self.get_rule_display()}"

    def get_absolute_url(self) -> str:
        """Return its page."""
        return reverse("marketing:opportunity", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether its outcome is still to come."""
        return self.state != "closed"


class Recommendation(models.Model):
    """One thing proposed to a customer, why, and what the customer said (CUS-35)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="recommendations")
    kind = models.CharField(_("kind"), max_length=8, choices=words.ITEM_KINDS)
    item = models.CharField(max_length=80, help_text="key of the thing, unique in its kind")
    title = models.CharField(_("what"), max_length=160)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=1)
    reasons = models.JSONField(default=list, help_text="pairs of a word and its points")
    traits = models.JSONField(default=list, help_text="what it shares with similar things")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    reaction = models.CharField(_("reaction"), max_length=8, choices=words.REACTIONS, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    reacted_at = models.DateTimeField(null=True)
    reacted_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[OfTheirCustomerQuerySet] = OfTheirCustomerQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "item"], name="recommendation_once"
            ),
            models.CheckConstraint(name="recommendation_says_why", condition=~Q(reasons=[])),
            models.CheckConstraint(
                name="recommendation_reaction_dated",
                condition=Q(reaction="", reacted_at__isnull=True)
                | (~Q(reaction="") & Q(reacted_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class InfoSend(models.Model):
    """Information sent to a customer who has not bought; advice is counted apart (MKT-78)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="info_sends")
    kind = models.CharField(_("kind of content"), max_length=6, choices=words.INFO_KINDS)
    title = models.CharField(_("title"), max_length=120)
    channel = models.CharField(_("channel"), max_length=8, choices=words.INFO_CHANNELS)
    batch = models.CharField(max_length=40, help_text="one sending to several customers")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[InfoSendQuerySet] = InfoSendQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [("send_information", "Send information to un-closed customers")]
        constraints = [
            models.UniqueConstraint(fields=["customer", "batch"], name="information_once_a_batch")
        ]
        indexes = [models.Index(fields=["kind", "at"], name="information_by_kind")]

    def __str__(self) -> str:
        return self.title
