"""Articles: written as controlled documents, filed, used, rated and checked (SVC-09)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.grams import pieces
from crm_site.common.refusals import RefusedError
from crm_site.documents.models import Document, DocumentVersion
from crm_site.documents.services import Draft, create_document
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from service.knowledge.article_models import Article, ArticleCheck, ArticleUse
from service.knowledge.finding import version_offered

KIND: Final = "article"
PAUSED: Final = "knowledge.paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """Where an article belongs and who may read it."""

    category: Any = None
    audience: str = "staff"
    stage: str = ""
    language: str = "zh-hans"
    phrasings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A new article: its heading, its answer, its owner and how long it counts."""

    title: str
    answer: str
    effective_from: date
    effective_until: date | None
    holder: User
    filing: Filing


@transaction.atomic
def write_article(*, writing: Writing, actor: User, now: datetime) -> Article:
    """Write a new article as a draft and return it; it is offered once it is approved."""
    draft = Draft(
        title=writing.title,
        sections=({"title": "", "text": writing.answer},),
        effective_from=writing.effective_from,
        effective_until=writing.effective_until,
        holder=writing.holder,
    )
    document = create_document(kind=KIND, draft=draft, subject_id=None, actor=actor, now=now)
    article = Article(document=document)
    _fill(article, writing.filing)
    article.save()
    record(
        kind="knowledge.filed",
        actor=actor,
        subject=("article", article.pk),
        facts={"audience": article.audience},
        now=now,
    )
    return article


@transaction.atomic
def file_article(*, article: Article, filing: Filing, actor: User, now: datetime) -> Article:
    """Change where an article belongs and who may read it; the text is the document's."""
    row: Article = Article.objects.select_for_update().select_related("document").get(pk=article.pk)
    before = row.audience
    _fill(row, filing)
    row.save()
    record(
        kind="knowledge.filed",
        actor=actor,
        subject=("article", row.pk),
        facts={"audience": [before, row.audience]},
        now=now,
    )
    return row


def file_new_documents() -> int:
    """File documents of the kind that were written on the pages of documents; return how many.

    They are for staff only until somebody says otherwise.
    """
    new = Document.objects.filter(kind=KIND, article__isnull=True)
    rows = [Article(document=one, tokens=sorted(pieces(one.title))) for one in new]
    Article.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def note_use(
    answers: Iterable[tuple[Article, DocumentVersion]],
    *,
    source: str,
    actor: User | None,
    now: datetime,
) -> None:
    """Count that each article was given as an answer."""
    given = sorted(answers, key=lambda pair: pair[0].pk)
    ArticleUse.objects.bulk_create(
        ArticleUse(article=article, version=version, source=source, actor=actor, at=now)
        for article, version in given
    )
    for article, _version in given:
        Article.objects.filter(pk=article.pk).update(uses=F("uses") + 1)


@transaction.atomic
def rate_use(*, use: ArticleUse, helped: bool, actor: User) -> None:
    """Keep whether an answer helped its reader; the last word of the reader counts."""
    row = ArticleUse.objects.select_for_update().get(pk=use.pk)
    if row.actor_id != actor.pk:
        raise RefusedError(_("Only who used the answer says whether it helped."))
    count_rating(row.article_id, before=row.helped, now=helped)
    row.helped = helped
    row.save(update_fields=["helped"])


def count_rating(article_id: int, *, before: bool | None, now: bool) -> None:
    """Move one rating of an article from ``before`` to ``now``."""
    if before is now:
        return
    changes: dict[str, Any] = {}
    if before is not None:
        name = "helped" if before else "failed"
        changes[name] = F(name) - 1
    name = "helped" if now else "failed"
    changes[name] = F(name) + 1
    Article.objects.filter(pk=article_id).update(**changes)


@transaction.atomic
def check_article(
    *, article: Article, is_right: bool, note: str, actor: User, now: datetime
) -> ArticleCheck:
    """Write down that somebody read the text in force; a text that is not right is kept back.

    It is offered again once it is checked as right. Its owner is told. Raise RefusedError where no
    version is in force or the note does not say what is not right.
    """
    row: Article = (
        Article.objects.select_for_update().select_related("document__holder").get(pk=article.pk)
    )
    today = timezone.localdate(now)
    version = DocumentVersion.objects.in_force(today).filter(document=row.document).first()
    if version is None:
        raise RefusedError(_("No version is in force. Have the next version approved first."))
    if not is_right and not note.strip():
        raise RefusedError(_("Say what is not right, so that the owner can change it."))
    check = ArticleCheck.objects.create(
        article=row, version=version, is_right=is_right, note=note.strip(), actor=actor, at=now
    )
    row.checked_on = today
    row.paused_at = None if is_right else (row.paused_at or now)
    row.save(update_fields=["checked_on", "paused_at", "updated_at"])
    record(
        kind="knowledge.checked",
        actor=actor,
        subject=("article", row.pk),
        facts={"right": is_right, "version": version.number},
        now=now,
    )
    if not is_right:
        send_many([_notice(row, check)], now=now)
    return check


def require_offered(article: Article, *, today: date) -> DocumentVersion:
    """Return the version that may be given as an answer; raise RefusedError without one."""
    version = version_offered(article, today=today)
    if version is None:
        raise RefusedError(_("This article is not in force and is given to nobody."))
    return version


def _notice(row: Article, check: ArticleCheck) -> Outgoing:
    params = {"number": row.document.number}
    key = f"knowledge:paused:{check.pk}"
    return Outgoing(PAUSED, row.document.holder, key, params, ("article", row.pk))


def _fill(article: Article, filing: Filing) -> None:
    article.category, article.audience = filing.category, filing.audience
    article.stage, article.language = filing.stage, filing.language
    article.phrasings = filing.phrasings.strip()
    article.tokens = sorted(pieces(f"{article.document.title}\n{article.phrasings}"))
