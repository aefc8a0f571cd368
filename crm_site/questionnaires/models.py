"""Questionnaires, their versions, and the sheets filled in with them."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.common.files import StoredFile
from crm_site.common.models import TimeStamped
from crm_site.questionnaires import choices
from crm_site.questionnaires.querysets import SheetQuerySet
from crm_site.questionnaires.rules import Outline, outline_of


class Questionnaire(TimeStamped):
    """A form that is asked again and again; what it asks stands in its versions."""

    key = models.SlugField(max_length=60, unique=True)
    use = models.CharField(_("use"), max_length=12, choices=choices.USES)
    title = models.CharField(_("title"), max_length=120, help_text="of the latest version")
    subject_kind = models.CharField(max_length=40, blank=True, help_text="what a sheet is about")
    number = models.PositiveIntegerField(default=0, help_text="of the latest version")
    codes_used = models.PositiveIntegerField(
        default=0, help_text="numbers given to questions so far; none is given twice"
    )
    is_offered = models.BooleanField(_("offered"), default=True)

    class Meta:
        default_permissions = ()
        permissions = [
            ("fill_in", "Fill in questionnaires"),
            ("edit_questionnaires", "Write questionnaires"),
        ]

    def __str__(self) -> str:
        return self.title

    def latest(self) -> "QuestionnaireVersion":
        """Return the version that is filled in now."""
        found: QuestionnaireVersion = self.versions.get(number=self.number)
        return found


class QuestionnaireVersion(models.Model):
    """What was asked from some day on; never changed once it is written."""

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=120)
    intro = models.CharField(max_length=500, blank=True)
    body = models.JSONField(help_text="sections with their questions")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="empty: brought along by the product",
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "number"], name="questionnaire_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} V{self.number}"

    @property
    def outline(self) -> Outline:
        """What it asks."""
        return outline_of(self.body)


class AnswerSheet(TimeStamped):
    """One questionnaire filled in by one person about one thing; once complete it stays so."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("answer sheet", "Draft")
        COMPLETE = "complete", pgettext_lazy("answer sheet", "Complete")

    questionnaire = models.ForeignKey(
        Questionnaire, on_delete=models.PROTECT, related_name="sheets"
    )
    version = models.ForeignKey(
        QuestionnaireVersion, on_delete=models.PROTECT, related_name="sheets"
    )
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    completed_at = models.DateTimeField(null=True)
    score = models.DecimalField(
        max_digits=4, decimal_places=1, null=True, help_text="percent; empty: nothing to score"
    )

    objects: ClassVar[SheetQuerySet] = SheetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["questionnaire", "subject_kind", "subject_id", "author"],
                name="answer_sheet_one_draft",
                condition=Q(state="draft"),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="answer_sheet_complete_has_time",
                condition=Q(state="draft", completed_at__isnull=True)
                | Q(state="complete", completed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="answer_sheet_subject_is_whole",
                condition=Q(subject_kind="", subject_id__isnull=True)
                | (~Q(subject_kind="") & Q(subject_id__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="answer_sheet_by_subject"),
            models.Index(fields=["questionnaire", "-id"], name="answer_sheet_by_questionnaire"),
        ]

    def __str__(self) -> str:
        return str(self.version)

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it changes any more."""
        return self.state == self.State.COMPLETE

    def values(self) -> dict[str, str]:
        """Return the answers by the keys of their questions."""
        return dict(self.answers.values_list("question", "value"))


class Answer(models.Model):
    """What was answered to one question, as typed, on which scale."""

    sheet = models.ForeignKey(AnswerSheet, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=60)
    scale = models.CharField(max_length=20)
    value = models.TextField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["sheet", "question"], name="answered_once")]

    def __str__(self) -> str:
        return f"{self.sheet_id} {self.question}"


class AnswerPhoto(StoredFile):
    """A photo that answers a question; encrypted, without what the camera wrote into it."""

    sheet = models.ForeignKey(AnswerSheet, on_delete=models.CASCADE, related_name="photos")
    question = models.CharField(max_length=60)

    class Meta:
        default_permissions = ()
