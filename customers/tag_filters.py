"""The filter by tag; the words of the dictionary come from the cache (CUS-16)."""

from typing import Any

import django_filters as filters
from django import forms
from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerTag, Tag

WORDS_KEY = "customers:tags"
CACHED_FOR = 300  # seconds; ``forget_tags`` after every change


def forget_tags() -> None:
    """Drop the cached dictionary."""
    cache.delete(WORDS_KEY)


def tag_choices() -> list[tuple[str, str]]:
    """Return the tags in use as a choice field takes them."""
    return _words()[0]


def _words() -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Return the tags in use, and which tag took over from each retired one."""
    found: tuple[list[tuple[str, str]], dict[str, str]] | None = cache.get(WORDS_KEY)
    if found is None:
        rows = list(Tag.objects.values_list("pk", "name", "is_active", "replaced_by"))
        used = [(str(pk), name) for pk, name, is_active, _next in rows if is_active]
        gone = {str(pk): str(new) for pk, _name, is_active, new in rows if new and not is_active}
        found = used, gone
        cache.set(WORDS_KEY, found, CACHED_FOR)
    return found


class TagField(forms.TypedChoiceField):
    """A tag in use; the key of a retired one means its replacement, so old addresses stay good."""

    def to_python(self, value: Any) -> str:
        """Return the key of the tag."""
        key = super().to_python(value)
        return str(_words()[1].get(key, key))


class TagChoiceFilter(filters.TypedChoiceFilter):
    """A choice of one tag."""

    field_class = TagField


class TagFilter(filters.FilterSet):
    """The part of the customer filters that asks for a tag."""

    tag = TagChoiceFilter(method="by_tag", label=_("Tag"), choices=tag_choices)

    def by_tag(self, queryset: Any, _name: str, value: str) -> QuerySet[Any]:
        """Return the customers with this tag."""
        rows = CustomerTag.objects.filter(customer=OuterRef("pk"), tag=int(value))
        return queryset.filter(Exists(rows))  # type: ignore[no-any-return]
