"""The questions asked of articles and missing answers, limited to what a user may see."""

from datetime import date, timedelta
from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from crm_site.documents.models import Document, DocumentVersion
from service.knowledge.choices import ASSIGNED, OPEN, PUBLIC
from service.tickets.querysets import ticket_condition

VIEW = "service.view_knowledge"
WORK_MISSING = "service.work_missing"


class ArticleQuerySet(models.QuerySet[Any]):
    """Questions about articles."""

    def visible_to(self, user: Any) -> Self:
        """Return the articles whose document ``user`` may read."""
        if not user.is_authenticated or not user.has_perm(VIEW):
            return self.none()
        return self.filter(document__in=Document.objects.visible_to(user).order_by().values("pk"))

    def with_version(self, today: date) -> Self:
        """Return the articles with ``version_id`` of the version in force, None without one."""
        versions = DocumentVersion.objects.in_force(today).filter(document=OuterRef("document"))
        return self.annotate(version_id=Subquery(versions.order_by().values("pk")[:1]))

    def offered(self, today: date) -> Self:
        """Return what may be given as an answer: in force on ``today`` and not taken out."""
        return self.with_version(today).filter(version_id__isnull=False, paused_at__isnull=True)

    def public(self) -> Self:
        """Return what everybody may read once it is offered."""
        return self.filter(audience=PUBLIC)

    def to_check(self, today: date, *, days: int) -> Self:
        """Return those whose text was last confirmed more than ``days`` days ago, or never."""
        return self.filter(
            Q(checked_on__isnull=True) | Q(checked_on__lt=today - timedelta(days=days))
        )

    def sharing(self, query: str) -> Self:
        """Return those whose heading or text in force matches the ``tsquery``."""
        found = DocumentVersion.objects.filter(pk=OuterRef("version_id"), tokens__matches=query)
        return self.filter(Q(tokens__matches=query) | Exists(found))


class MissingQuerySet(models.QuerySet[Any]):
    """Questions about what nobody could be told."""

    def visible_to(self, user: Any) -> Self:
        """Return all of them to whoever works on them; they name nobody."""
        return self.all() if user.is_authenticated and user.has_perm(WORK_MISSING) else self.none()

    def waiting(self) -> Self:
        """Return those that still need an article or a decision."""
        return self.filter(state__in=[OPEN, ASSIGNED])


class HelpCaseQuerySet(models.QuerySet[Any]):
    """Questions about matters opened on the help page."""

    def visible_to(self, user: Any) -> Self:
        """Return those whose ticket ``user`` may see."""
        condition = ticket_condition(user, prefix="ticket__")
        return self.all() if condition is None else self.filter(condition)

    def waiting(self) -> Self:
        """Return those nobody got in touch about yet; ended tickets wait for nobody."""
        return self.filter(called_at__isnull=True, ticket__closed_at__isnull=True)
