"""Articles that answer a question, and those worth showing before anything is asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from crm_site.common.grams import fold
from crm_site.documents.models import Document, DocumentVersion
from crm_site.policies.services import in_force
from service.knowledge.article_models import Article
from service.knowledge.policies import KNOWLEDGE, KnowledgeRules
from service.knowledge.rules.matching import Candidate, any_of, rank, tokens_of

MOST_CANDIDATES = 400
SHORT = 160
DIGEST = "policy-digest"


@dataclass(frozen=True, slots=True)
class Answer:
    """An article in the version in force; ``score`` is the share of the question it covers."""

    article: Article
    version: DocumentVersion
    score: float

    @property
    def short(self) -> str:
        """The first lines of the text."""
        text = " ".join(one["text"] for one in self.version.sections if one["text"])
        return f"{text[:SHORT]}…" if len(text) > SHORT else text


def rules_at(now: datetime) -> KnowledgeRules:
    """Return the rules in force."""
    found: KnowledgeRules = in_force(KNOWLEDGE, at=now).value
    return found


def answers_to(question: str, articles: Any, *, now: datetime) -> list[Answer]:
    """Return the articles of the set that answer ``question``, the best first.

    Only what is offered today counts: approved, in force, not taken out by a check (SVC-09).
    """
    tokens = tokens_of(question)
    if not tokens:
        return []
    offered, rules = articles.offered(timezone.localdate(now)), rules_at(now)
    near = offered.sharing(any_of(tokens)).select_related("document", "category")
    found = {row.pk: row for row in near.order_by("-uses", "pk")[:MOST_CANDIDATES]}
    versions = DocumentVersion.objects.in_bulk([row.version_id for row in found.values()])
    hits = rank(
        question,
        [_candidate(row, versions[row.version_id]) for row in found.values()],
        total=offered.count(),
        at_least=rules.match_percent / 100,
        most=rules.most_offered,
    )
    return [Answer(found[hit.key], versions[found[hit.key].version_id], hit.score) for hit in hits]


def digests_for(question: str, user: Any, *, today: date, most: int = 5) -> list[Document]:
    """Return the policy digests in force that hold every word of ``question`` (MKT-30)."""
    if not question:
        return []
    rows = Document.objects.visible_to(user).filter(kind=DIGEST).in_force(today)
    return list(rows.with_text(question, user).order_by("-pk")[:most])


def version_offered(article: Article, *, today: date) -> DocumentVersion | None:
    """Return the version that may be given as an answer on ``today``, None without one."""
    row = Article.objects.filter(pk=article.pk).offered(today).first()
    if row is None or row.version_id is None:
        return None
    return DocumentVersion.objects.get(pk=row.version_id)


def asked_most(articles: Any, *, language: str, today: date, most: int = 8) -> list[Article]:
    """Return what is offered in ``language``, the most used first."""
    rows: Sequence[Article] = (
        articles.offered(today)
        .filter(language=language)
        .select_related("document", "category")
        .order_by("-uses", "document__title", "pk")[:most]
    )
    return list(rows)


def _candidate(row: Article, version: DocumentVersion) -> Candidate:
    heads = tuple(fold(text) for text in (version.title, *row.other_ways))
    return Candidate(row.pk, heads, "\n".join((version.text, *heads)))
