"""Messages written in the business transaction and delivered afterwards, at least once."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    """Something to tell one person over one channel; the row is the outbox and the message log.

    Members of staff are the ``recipient``; everybody else is named by ``addressee_kind`` and
    ``addressee_id``, whose address is looked up when the message leaves and never kept here.
    """

    class Channel(models.TextChoices):
        IN_APP = "in_app", _("In the application")
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")
        WECHAT = "wechat", _("WeChat")
        APP = "app", _("App push")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        SUPPRESSED = "suppressed", _("Held back")

    kind = models.CharField(max_length=60, help_text="a declared message kind")
    channel = models.CharField(max_length=10, choices=Channel)
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="messages"
    )
    addressee_kind = models.CharField(max_length=20, blank=True, db_default="")
    addressee_id = models.CharField(max_length=40, blank=True, db_default="")
    purpose = models.CharField(
        max_length=20, blank=True, db_default="", help_text="what the addressee must agree to"
    )
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)
    params = models.JSONField(default=dict, help_text="values for the text; no phone numbers")
    idempotency_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    last_error = models.CharField(max_length=300, blank=True)
    reason = models.CharField(
        max_length=30, blank=True, db_default="", help_text="why it was held back"
    )
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True, help_text="as the provider or somebody reported it")

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="message_for_one_person",
                condition=models.Q(recipient__isnull=False, addressee_kind="")
                | (models.Q(recipient__isnull=True) & ~models.Q(addressee_kind="")),
            ),
            models.CheckConstraint(
                name="message_held_back_has_reason",
                condition=~models.Q(state="suppressed") | ~models.Q(reason=""),
            ),
            models.CheckConstraint(
                name="message_sent_has_time",
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="message_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(
                fields=["addressee_kind", "addressee_id", "-sent_at"],
                name="message_by_addressee",
                condition=~models.Q(addressee_kind=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.channel}"


class Notification(models.Model):
    """A line in somebody's notification centre."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="notification")
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notification_latest"),
            models.Index(
                fields=["recipient"],
                name="notification_unread",
                condition=models.Q(read_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.message)


class NotificationPreference(models.Model):
    """Whether somebody wants one kind of message over one channel besides the application."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="message_preferences"
    )
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Message.Channel)
    is_on = models.BooleanField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="preference_once"),
            models.CheckConstraint(
                name="preference_not_for_the_application", condition=~models.Q(channel="in_app")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} · {self.kind} · {self.channel}"


class QuietHours(models.Model):
    """When somebody is not to be disturbed, by Beijing time; may run past midnight."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="quiet_hours",
    )
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="quiet_hours_have_length", condition=~models.Q(starts=models.F("ends"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts:%H:%M}–{self.ends:%H:%M}"
