"""Talks on the public help page and the cases that came of them (SVC-12, SVC-18)."""

from datetime import datetime
from typing import ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models

from crm_site.documents.models import DocumentVersion
from service.knowledge.article_models import Article
from service.knowledge.querysets import HelpCaseQuerySet
from service.tickets.models import Ticket


class HelpTalkQuerySet(models.QuerySet["HelpTalk"]):
    """Questions about talks."""

    def without_case(self) -> Self:
        """Return the talks that no person took over."""
        return self.filter(case__isnull=True)

    def quiet_since(self, before: datetime) -> Self:
        """Return the talks in which nothing was said since ``before``."""
        return self.filter(last_at__lt=before)


class HelpTalk(models.Model):
    """What one visitor asked in one sitting; it names nobody until a person takes over."""

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    language = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    last_at = models.DateTimeField()

    objects: ClassVar[HelpTalkQuerySet] = HelpTalkQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["last_at"], name="help_talk_by_time")]

    def __str__(self) -> str:
        return str(self.key)


class HelpTurn(models.Model):
    """One question of a talk; long numbers are left out of it."""

    talk = models.ForeignKey(HelpTalk, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=200)
    helped = models.BooleanField(null=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["talk", "number"], name="help_turn_number_once")
        ]

    def __str__(self) -> str:
        return self.question


class HelpAnswer(models.Model):
    """An article that was offered in a turn, in the version that was in force."""

    turn = models.ForeignKey(HelpTurn, on_delete=models.CASCADE, related_name="answers")
    article = models.ForeignKey(Article, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["turn", "article"], name="help_answer_once")]

    def __str__(self) -> str:
        return f"{self.turn_id} · {self.article_id}"


class HelpCase(models.Model):
    """A ticket that a visitor opened, customer or not, and by which secret it is followed."""

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="help_case")
    talk = models.OneToOneField(HelpTalk, null=True, on_delete=models.PROTECT, related_name="case")
    code_digest = models.CharField(max_length=64, help_text="keyed digest of the tracking code")
    is_staffed = models.BooleanField(help_text="somebody was there when it was opened")
    promised_at = models.DateTimeField(help_text="until when a person gets in touch")
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects: ClassVar[HelpCaseQuerySet] = HelpCaseQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["promised_at"],
                name="help_case_waiting",
                condition=models.Q(called_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}"
