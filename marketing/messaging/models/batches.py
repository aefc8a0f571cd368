"""Templates, batches with one row per recipient, and what customers answered (MKT-37)."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm_site.common.models import TimeStamped
from crm_site.outbox.models import Message
from customers.models import Customer, Project
from marketing.messaging import choices
from marketing.messaging.models.experiments import Experiment, Variant
from marketing.messaging.querysets import MessageBatchQuerySet, MessagingQuerySet

USER = settings.AUTH_USER_MODEL


class MessageTemplate(TimeStamped):
    """A text with places in braces: ``{name}``, ``{consultant}``, ``{project}`` and own ones."""

    name = models.CharField(_("name"), max_length=120)
    purpose = models.CharField(_("purpose"), max_length=10, choices=choices.PURPOSES)
    title = models.CharField(_("title"), max_length=80)
    body = models.TextField(_("text"), max_length=2000)
    project = models.ForeignKey(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("project"),
    )
    region = models.ForeignKey(
        "staff.OrgNode", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    is_active = models.BooleanField(_("in use"), default=True)
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[MessagingQuerySet] = MessagingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_messaging", "See batches, flows and experiments"),
            ("write_messaging", "Write templates, batches, flows and experiments"),
            ("launch_messaging", "Send batches and switch flows on"),
        ]
        indexes = [models.Index(fields=["-created_at", "-id"], name="message_template_latest")]

    def __str__(self) -> str:
        return self.name


class Batch(TimeStamped):
    """One text to many customers, within days and hours.

    ``title`` and ``body`` are the words as launched. Recipients are written down in the order of
    their keys; ``frozen_to`` is the last one, so that a run goes on where another was killed.
    """

    name = models.CharField(_("name"), max_length=120)
    template = models.ForeignKey(
        MessageTemplate, on_delete=models.PROTECT, related_name="batches", verbose_name=_("text")
    )
    values = models.JSONField(default=dict, help_text="own place of the text -> its words")
    title = models.CharField(max_length=80, blank=True)
    body = models.TextField(max_length=2000, blank=True)
    purpose = models.CharField(max_length=10, choices=choices.PURPOSES)
    channel = models.CharField(
        _("channel"), max_length=8, choices=choices.CHANNELS, default=choices.BEST
    )
    project = models.ForeignKey(
        Project,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("project"),
    )
    region = models.ForeignKey(
        "staff.OrgNode", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    campaign_code = models.SlugField(_("campaign code"), max_length=60, blank=True)
    audience = models.CharField(_("recipients"), max_length=20, help_text="a known audience")
    asked = models.JSONField(default=dict, help_text="what the audience is asked for")
    experiment = models.ForeignKey(
        Experiment, null=True, blank=True, on_delete=models.PROTECT, related_name="batches"
    )
    state = models.CharField(max_length=10, choices=choices.BATCH_STATES, default="draft")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    hour_from = models.PositiveSmallIntegerField(_("from o'clock"), default=9)
    hour_until = models.PositiveSmallIntegerField(_("until o'clock"), default=20)
    frozen_to = models.BigIntegerField(default=0)
    author = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    launched_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    launched_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects: ClassVar[MessageBatchQuerySet] = MessageBatchQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="batch_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="batch_hours_in_order",
                condition=Q(hour_from__lt=F("hour_until"), hour_until__lte=24),
            ),
            models.CheckConstraint(
                name="batch_launched_has_words",
                condition=Q(state="draft") | (Q(launched_at__isnull=False) & ~Q(body="")),
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="batch_latest"),
            models.Index(
                fields=["starts_at"],
                name="batch_at_work",
                condition=Q(state__in=("preparing", "sending")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the page of the batch."""
        return reverse("marketing:batch", args=[self.pk])

    @property
    def is_open(self) -> bool:
        """Whether it can still send something."""
        return self.state in ("preparing", "sending")


class BatchMessage(models.Model):
    """What one customer gets of a batch, and what became of it."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="messages")
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="batch_messages")
    variant = models.ForeignKey(Variant, null=True, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=8, choices=choices.MEANS, blank=True)
    state = models.CharField(max_length=8, choices=choices.ROW_STATES, default="planned")
    reason = models.CharField(max_length=30, blank=True, help_text="why it was held back")
    message = models.OneToOneField(
        Message, null=True, on_delete=models.PROTECT, related_name="batch_message"
    )
    sent_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["batch", "customer"], name="batch_message_once"),
            models.CheckConstraint(
                name="batch_message_held_says_why",
                condition=~Q(state="held") | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="batch_message_sent_has_time",
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="batch_message_replied_after_sent",
                condition=Q(replied_at__isnull=True) | Q(replied_at__gte=F("sent_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["batch", "state", "id"], name="batch_message_by_state"),
            models.Index(
                fields=["customer", "-sent_at"],
                name="batch_message_unanswered",
                condition=Q(sent_at__isnull=False, replied_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} · {self.customer_id}"


class Reply(models.Model):
    """That a customer spoke up; what was said stays where it was written down."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="replies")
    source = models.CharField(max_length=8, choices=choices.REPLY_SOURCES)
    source_key = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField()
    noted_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["customer", "-at"], name="reply_by_customer")]

    def __str__(self) -> str:
        return f"{self.customer_id} · {self.source}"
