"""The filters of articles and questions without an answer."""

from typing import Any

import django_filters as filters
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm_site.documents.models import Document
from service.knowledge import choices
from service.knowledge.article_models import Article, MissingQuestion
from service.knowledge.finding import rules_at
from service.tickets.models import TicketCategory

STANDINGS = [
    ("offered", pgettext_lazy("article", "Offered")),
    ("to_check", _("To be checked")),
    ("paused", _("Kept back by a check")),
    ("not_in_force", _("Not in force")),
]


class ArticleFilter(filters.FilterSet):
    """By words of the text, kind of consultation, audience, stage and standing."""

    q = filters.CharFilter(label=_("Number or text"), method="filter_words", max_length=200)
    category = filters.ModelChoiceFilter(
        label=_("Kind of consultation"), queryset=TicketCategory.objects.filter(kind="inquiry")
    )
    audience = filters.ChoiceFilter(label=_("For whom"), choices=choices.AUDIENCES)
    stage = filters.ChoiceFilter(label=_("Stage"), choices=choices.STAGES)
    standing = filters.ChoiceFilter(label=_("State"), choices=STANDINGS, method="filter_standing")

    class Meta:
        model = Article
        fields = ["category", "audience", "stage"]

    def filter_words(self, rows: Any, _name: str, value: str) -> Any:
        """Narrow to the articles whose text, as far as the asker reads it, holds every word."""
        found = Document.objects.with_text(value, self.request.user).order_by()
        return rows.filter(document__in=found.values("pk"))

    def filter_standing(self, rows: Any, _name: str, value: str) -> Any:
        """Narrow to what is offered, waits for its check, is kept back or not in force."""
        now = timezone.now()
        today = timezone.localdate(now)
        if value == "offered":
            return rows.offered(today)
        if value == "to_check":
            return rows.offered(today).to_check(today, days=rules_at(now).check_days)
        if value == "paused":
            return rows.filter(paused_at__isnull=False)
        return rows.with_version(today).filter(version_id__isnull=True)


class MissingFilter(filters.FilterSet):
    """By state and owner."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.MISSING_STATES)
    mine = filters.BooleanFilter(label=_("Given to me"), method="filter_mine")

    class Meta:
        model = MissingQuestion
        fields = ["state"]

    def filter_mine(self, rows: Any, _name: str, value: bool) -> Any:  # noqa: FBT001 -- django-filter's signature
        """Narrow to the questions the asker answers."""
        return rows.filter(owner=self.request.user) if value else rows
