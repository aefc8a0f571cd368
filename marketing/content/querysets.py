"""Who sees which asset, advert, story, session and group."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q

from crm_site.common.grams import all_of, asked_words
from crm_site.staff.rules.organisation import Scope

VIEW = "marketing.view_content"
KEEP = "marketing.keep_content"
SIGN = "marketing.sign_advert"
SIGN_APPRECIATION = "marketing.sign_appreciation"
REVIEW = {
    name: f"marketing.review_advert_{name}"
    for name in ("marketing", "design", "engineering", "legal", "relations")
}
ANSWER = "marketing.answer_communities"


def placed(user: Any, permission: str) -> Q:
    """Return the condition on ``project`` and ``region`` of what holders of ``permission`` see.

    The company sees all, a region its own rows, who works in one project its rows; everybody of a
    region also what belongs to no project of it, or to the whole company.
    """
    nothing, everything = Q(pk__in=[]), ~Q(pk__in=[])
    if not user.is_authenticated or not user.has_perm(permission):
        return nothing
    scope, node = user.role_definition.scope, user.node
    if scope is Scope.COMPANY:
        return everything
    if node is None or node.region_id is None:
        return nothing
    common = Q(project=None) & (Q(region=node.region_id) | Q(region=None))
    if node.project_id is not None and scope is not Scope.REGION:
        return Q(project=node.project_id) | common
    return Q(region=node.region_id) | common


class ContentQuerySet(models.QuerySet[Any]):
    """Questions about what belongs to a project, a region or the company."""

    def visible_to(self, user: Any) -> Self:
        """Return the rows of one's place."""
        return self.filter(placed(user, VIEW))


class CommunityQuerySet(ContentQuerySet):
    """Questions about groups: also those who answer there see them."""

    def visible_to(self, user: Any) -> Self:
        """Return the groups of one's place."""
        return self.filter(placed(user, VIEW) | placed(user, ANSWER))


class ArchiveQuerySet(ContentQuerySet):
    """Questions about published adverts and their claims."""

    def with_text(self, text: str) -> Self:
        """Return the rows whose words hold every word of ``text``; none for a blank one."""
        words = asked_words(text)
        if not words:
            return self.none()
        found = self.filter(tokens__matches=all_of(words))
        for word in words:
            if len(word) > 2:  # pairs do not tell whether they stand side by side
                found = found.filter(folded__contains=word)
        return found


class PublicStoryQuerySet(ContentQuerySet):
    """Questions about stories told in public."""

    def standing(self, *, on: date) -> Self:
        """Return the published stories whose consent counts on a day."""
        return self.filter(state="published", consent_from__lte=on, consent_until__gte=on)


class PostQuerySet(ContentQuerySet):
    """Questions about posts of owners."""

    def shown(self) -> Self:
        """Return the accepted posts: nobody shows any other (MKT-34)."""
        return self.filter(state="accepted")
