"""Questions without an answer: collected, counted, assigned, closed by an article (SVC-08, 09)."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.common.grams import pieces
from crm_site.common.refusals import RefusedError
from crm_site.outbox.services import Outgoing, send_many
from crm_site.staff.models import User
from service.knowledge.article_models import Article, MissingAsk, MissingQuestion
from service.knowledge.choices import ANSWERED, ASSIGNED, DISMISSED, OPEN
from service.knowledge.rules.matching import clean_question, core_of
from service.knowledge.services.articles import require_offered

TO_ANSWER = "knowledge.to_answer"


@transaction.atomic
def note_missing(
    *,
    question: str,
    source: str,
    actor: User | None,
    now: datetime,
    is_marked: bool = False,
) -> MissingQuestion | None:
    """Count that ``question`` found no answer and return it; None for text without any words.

    The same words, however politely asked, are one question. One that was closed opens again: it
    is still asked.
    """
    text, core = clean_question(question), core_of(question)
    if not core:
        return None
    key = hashlib.sha256(core.encode()).hexdigest()
    fresh = MissingQuestion(key=key, question=text, first_at=now, last_at=now)
    MissingQuestion.objects.bulk_create([fresh], ignore_conflicts=True)
    row: MissingQuestion
    row = MissingQuestion.objects.select_for_update(of=("self",)).get(key=key)
    MissingAsk.objects.create(missing=row, source=source, is_marked=is_marked, actor=actor, at=now)
    changes = {"asked": F("asked") + 1, "last_at": now}
    if row.state == ANSWERED:
        changes |= {"state": ASSIGNED if row.owner_id else OPEN, "closed_at": None}
    MissingQuestion.objects.filter(pk=row.pk).update(**changes)
    row.refresh_from_db()
    return row


@transaction.atomic
def assign_missing(
    *, missing: MissingQuestion, owner: User, actor: User, now: datetime
) -> MissingQuestion:
    """Give the question to ``owner``, who is told; raise RefusedError once it is closed."""
    row = _open(missing)
    row.owner, row.state = owner, ASSIGNED
    row.save(update_fields=["owner", "state", "updated_at"])
    _note(row, "assigned", actor, now, owner=owner.pk)
    if owner.pk != actor.pk:
        key = f"knowledge:answer:{row.pk}:{owner.pk}:{row.asked}"
        params = {"question": row.question, "asked": row.asked}
        send_many([Outgoing(TO_ANSWER, owner, key, params, ("missing_question", row.pk))], now=now)
    return row


@transaction.atomic
def answer_missing(
    *, missing: MissingQuestion, article: Article, actor: User, now: datetime
) -> MissingQuestion:
    """Close the question by an article and have the article found by these words from now on."""
    row = _open(missing)
    require_offered(article, today=timezone.localdate(now))
    kept = (
        Article.objects.select_for_update(of=("self",))
        .select_related("document")
        .get(pk=article.pk)
    )
    if row.question not in kept.other_ways:
        kept.phrasings = "\n".join((*kept.other_ways, row.question))
        kept.tokens = sorted(pieces(f"{kept.document.title}\n{kept.phrasings}"))
        kept.save(update_fields=["phrasings", "tokens", "updated_at"])
    row.article, row.state, row.closed_at = kept, ANSWERED, now
    row.save(update_fields=["article", "state", "closed_at", "updated_at"])
    _note(row, "answered", actor, now, article=kept.pk)
    return row


@transaction.atomic
def dismiss_missing(
    *, missing: MissingQuestion, reason: str, actor: User, now: datetime
) -> MissingQuestion:
    """Close a question that needs no article; raise RefusedError without a reason."""
    row = _open(missing)
    if not reason.strip():
        raise RefusedError(_("Say why no article is needed."))
    row.state, row.reason, row.closed_at = DISMISSED, reason.strip()[:300], now
    row.save(update_fields=["state", "reason", "closed_at", "updated_at"])
    _note(row, "dismissed", actor, now)
    return row


def _open(missing: MissingQuestion) -> MissingQuestion:
    row: MissingQuestion = MissingQuestion.objects.select_for_update(of=("self",)).get(
        pk=missing.pk
    )
    if row.state not in (OPEN, ASSIGNED):
        raise RefusedError(_("This question is closed. Reload to see how."))
    return row


def _note(row: MissingQuestion, what: str, actor: User, now: datetime, **facts: int) -> None:
    record(
        kind=f"knowledge.missing_{what}",
        actor=actor,
        subject=("missing_question", row.pk),
        facts=dict(facts),
        now=now,
    )
