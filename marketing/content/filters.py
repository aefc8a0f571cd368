"""The filters of content."""

from typing import Any

import django_filters as filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.models import Project
from marketing.content import choices
from marketing.content.models import Advert, Asset, LiveSession, OwnerPost, PublishedAdvert


def _projects(request: Any) -> Any:
    return Project.objects.visible_to(request.user).order_by("code")


class AdvertFilter(filters.FilterSet):
    """By state, medium and project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.ADVERT_STATES)
    medium = filters.MultipleChoiceFilter(
        label=pgettext_lazy("publicity", "Medium"), choices=choices.MEDIA
    )
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = Advert
        fields = ["project"]


class ArchiveFilter(filters.FilterSet):
    """By the words of text and claims, medium and project."""

    q = filters.CharFilter(
        label=pgettext_lazy("archive", "Words of text or claims"), method="with_words"
    )
    medium = filters.MultipleChoiceFilter(
        label=pgettext_lazy("publicity", "Medium"), choices=choices.MEDIA
    )
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = PublishedAdvert
        fields = ["project"]

    def with_words(self, rows: Any, _name: str, value: str) -> QuerySet[Any]:
        """Return the adverts that hold every word."""
        found: QuerySet[Any] = rows.with_text(value)
        return found


class AssetFilter(filters.FilterSet):
    """By kind, core value and project."""

    kind = filters.MultipleChoiceFilter(label=_("Kind"), choices=choices.ASSET_KINDS)
    core_value = filters.MultipleChoiceFilter(label=_("Core value"), choices=choices.CORE_VALUES)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = Asset
        fields = ["project"]


class PostFilter(filters.FilterSet):
    """By state, source and project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.POST_STATES)
    source = filters.MultipleChoiceFilter(
        label=_("Where it came from"), choices=choices.POST_SOURCES
    )
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = OwnerPost
        fields = ["project"]


class SessionFilter(filters.FilterSet):
    """By state, platform and project."""

    state = filters.MultipleChoiceFilter(label=_("State"), choices=choices.SESSION_STATES)
    platform = filters.MultipleChoiceFilter(label=_("Platform"), choices=choices.PLATFORMS)
    project = filters.ModelChoiceFilter(label=_("Project"), queryset=_projects)

    class Meta:
        model = LiveSession
        fields = ["project"]
