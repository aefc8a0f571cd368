"""Articles of the knowledge base, how they serve, and questions that found none (SVC-09)."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm_site.common.fields import TokenField
from crm_site.common.models import TimeStamped
from crm_site.documents.models import Document, DocumentVersion
from service.knowledge import choices
from service.knowledge.querysets import ArticleQuerySet, MissingQuerySet


class Article(TimeStamped):
    """What a controlled document of the kind article needs to answer questions.

    Text, versions, owner, approval and dates are those of the document.
    """

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="article")
    category = models.ForeignKey(
        "service.TicketCategory",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
        verbose_name=_("kind of consultation"),
    )
    audience = models.CharField(
        _("for whom"), max_length=10, choices=choices.AUDIENCES, default=choices.STAFF
    )
    stage = models.CharField(_("stage"), max_length=12, choices=choices.STAGES, blank=True)
    language = models.CharField(
        _("language"), max_length=10, choices=choices.LANGUAGES, default="zh-hans"
    )
    phrasings = models.TextField(_("other ways to ask"), blank=True)
    tokens = TokenField(default=list, help_text="characters and pairs of title and phrasings")
    uses = models.PositiveIntegerField(default=0)
    helped = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0, help_text="times it was said not to help")
    checked_on = models.DateField(null=True, help_text="last day the text was confirmed")
    paused_at = models.DateTimeField(null=True, help_text="since when a check keeps it back")

    version_id: Any  # of the version in force, where the query asks for it

    objects: ClassVar[ArticleQuerySet] = ArticleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        permissions = [
            ("view_knowledge", "Search the knowledge base"),
            ("write_knowledge", "Write articles of the knowledge base"),
            ("approve_knowledge", "Approve articles of the knowledge base"),
            ("work_missing", "Work on questions without an answer"),
        ]
        indexes = [
            models.Index(fields=["audience", "-uses"], name="article_by_use"),
            models.Index(fields=["checked_on"], name="article_by_check"),
        ]

    def __str__(self) -> str:
        return self.document.title

    @property
    def rating(self) -> float | None:
        """The share of answers that helped, None while nobody has said."""
        said = self.helped + self.failed
        return self.helped / said if said else None

    @property
    def other_ways(self) -> list[str]:
        """The other ways to ask, one each."""
        return [line for line in self.phrasings.splitlines() if line.strip()]


class ArticleUse(models.Model):
    """One answer given with an article, by a colleague or by the help page."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="used")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=choices.SOURCES)
    helped = models.BooleanField(null=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["article", "-at"], name="article_use_by_article")]

    def __str__(self) -> str:
        return f"{self.article_id} · {self.source}"


class ArticleCheck(models.Model):
    """Somebody read the text and said whether it is still right; rows are only added."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="checks")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    is_right = models.BooleanField()
    note = models.CharField(_("note"), max_length=300, blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="article_check_says_what_is_wrong",
                condition=Q(is_right=True) | ~Q(note=""),
            )
        ]
        indexes = [models.Index(fields=["article", "-at"], name="article_check_by_article")]

    def __str__(self) -> str:
        return f"{self.article_id} · {self.is_right}"


class MissingQuestion(TimeStamped):
    """A question without an answer, kept once for all who asked it; it holds no numbers."""

    key = models.CharField(max_length=64, unique=True, help_text="SHA-256 of its core words")
    question = models.CharField(_("question"), max_length=200)
    asked = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    state = models.CharField(
        _("state"), max_length=10, choices=choices.MISSING_STATES, default=choices.OPEN
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who answers it"),
    )
    article = models.ForeignKey(
        Article, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    closed_at = models.DateTimeField(null=True)

    objects: ClassVar[MissingQuerySet] = MissingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="missing_answered_has_article",
                condition=~Q(state="answered") | Q(article__isnull=False),
            ),
            models.CheckConstraint(
                name="missing_assigned_has_owner",
                condition=~Q(state="assigned") | Q(owner__isnull=False),
            ),
            models.CheckConstraint(
                name="missing_closed_has_time",
                condition=Q(state__in=["open", "assigned"], closed_at__isnull=True)
                | (~Q(state__in=["open", "assigned"]) & Q(closed_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["state", "-asked"], name="missing_by_count")]

    def __str__(self) -> str:
        return self.question


class MissingAsk(models.Model):
    """One time the question was asked, or an answer was marked as none; rows are only added."""

    missing = models.ForeignKey(MissingQuestion, on_delete=models.CASCADE, related_name="asks")
    source = models.CharField(max_length=10, choices=choices.SOURCES)
    is_marked = models.BooleanField(default=False, help_text="there were answers, none helped")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["missing", "-at"], name="missing_ask_by_question")]

    def __str__(self) -> str:
        return f"{self.missing_id} · {self.source}"
