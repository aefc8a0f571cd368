"""Every talk with a customer."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers import choices
from customers.models.customer import Customer
from customers.models.lead import Lead
from customers.querysets import InteractionQuerySet
from customers.rules.axes import Channel


class Interaction(models.Model):
    """One contact with a customer: what was said, what came of it, what is next (CUS-44)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="interactions")
    lead = models.ForeignKey(
        Lead, null=True, on_delete=models.SET_NULL, related_name="interactions"
    )
    channel = models.CharField(_("channel"), max_length=12, choices=choices.CHANNELS)
    result = models.CharField(_("result"), max_length=14, choices=choices.RESULTS)
    content = models.TextField(_("content"), max_length=4000)
    mood = models.CharField(_("mood"), max_length=8, choices=choices.MOODS, blank=True)
    intent = models.PositiveSmallIntegerField(
        _("intent"), choices=choices.INTENTS, null=True, blank=True
    )
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_at = models.DateTimeField(_("next contact"), null=True, blank=True)
    is_automatic = models.BooleanField(default=False, help_text="an acknowledgement by a machine")
    at = models.DateTimeField(_("when"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="interactions"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[InteractionQuerySet] = InteractionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="interaction_has_result", condition=~models.Q(result="")),
            models.CheckConstraint(name="interaction_has_content", condition=~models.Q(content="")),
            models.CheckConstraint(
                name="interaction_channel_known",
                condition=models.Q(channel__in=[channel.value for channel in Channel]),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-at"], name="interaction_by_customer"),
            models.Index(fields=["author", "-at"], name="interaction_by_author"),
            BrinIndex(fields=["at"], name="interaction_by_time", autosummarize=True),
            models.Index(
                fields=["customer", "-at"],
                name="interaction_visits",
                condition=models.Q(channel="visit") | models.Q(result="visited"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.at:%Y-%m-%d}"
