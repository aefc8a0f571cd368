"""What askers say of a consultation, and what those who gave feedback were told (SVC-10, 66)."""

from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from service.knowledge import choices
from service.tickets.models import Ticket, TicketCategory
from service.tickets.querysets import OfTicketQuerySet


class ConsultRatingQuerySet(OfTicketQuerySet):
    """Questions about ratings of consultations."""

    def asked_between(self, first: date, last: date) -> Self:
        """Return those asked for from ``first`` to ``last``, local days."""
        return self.filter(asked_at__date__gte=first, asked_at__date__lte=last)

    def open(self) -> Self:
        """Return those nobody has answered."""
        return self.filter(score__isnull=True)


class ConsultRating(models.Model):
    """The one request for a short rating after an inquiry, and its answer."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, related_name="consult_rating")
    consultant = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    category = models.ForeignKey(
        TicketCategory, null=True, on_delete=models.PROTECT, related_name="+"
    )
    token = models.CharField(max_length=24, unique=True)
    asked_at = models.DateTimeField()
    is_sent = models.BooleanField(default=False, help_text="a message with the link was written")
    answered_at = models.DateTimeField(null=True)
    score = models.PositiveSmallIntegerField(_("how satisfied"), null=True)
    words = models.CharField(_("in your words"), max_length=500, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="who asked by phone; none: answered on the page",
    )

    objects: ClassVar[ConsultRatingQuerySet] = ConsultRatingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_ratings", "See what askers say of consultations"),
            ("answer_feedback", "Answer those who gave feedback"),
        ]
        constraints = [
            models.CheckConstraint(
                name="consult_rating_on_scale", condition=Q(score=None) | Q(score__range=(1, 5))
            ),
            models.CheckConstraint(
                name="consult_rating_answered_has_time",
                condition=Q(score__isnull=True, answered_at__isnull=True)
                | Q(score__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["-asked_at"], name="consult_rating_by_time")]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {self.score or '--'}"


class FeedbackReply(models.Model):
    """What somebody who gave an opinion was told of it; rows are only added."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="feedback_replies")
    channel = models.CharField(_("told by"), max_length=10, choices=choices.WAYS)
    text = models.TextField(_("what was said"), max_length=2000)
    change = models.CharField(_("what was changed"), max_length=300, blank=True)
    thanks = models.CharField(_("thanked with"), max_length=100, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects: ClassVar[OfTicketQuerySet] = OfTicketQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(name="feedback_reply_says_something", condition=~Q(text=""))
        ]
        indexes = [models.Index(fields=["ticket", "-at"], name="feedback_reply_by_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} · {self.channel}"


def feedback_of(user: Any) -> Any:
    """Return the tickets by which somebody gave an opinion, as far as ``user`` sees them.

    Complaints and suggestions from any channel, and remarks of surveys and care whatever their
    kind; merged and cancelled ones are answered elsewhere.
    """
    opinion = Q(kind__in=choices.OPINIONS) | Q(channel__in=choices.REMARKS)
    replies = FeedbackReply.objects.filter(ticket=OuterRef("pk"))
    rows = Ticket.objects.visible_to(user).standing().filter(opinion)
    return rows.annotate(is_replied=Exists(replies))


def unanswered(rows: Any) -> Any:
    """Return the feedback whose giver was told nothing."""
    return rows.filter(is_replied=False, told_at__isnull=True)


def late(rows: Any, *, now: datetime, days: int) -> Any:
    """Return the feedback whose giver was told nothing within ``days`` days."""
    return unanswered(rows).filter(opened_at__lt=now - timedelta(days=days))
