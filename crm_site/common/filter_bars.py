"""Filters of a list that cost what is asked of them, and the form they are chosen in.

A list of thirty filters is mostly asked with none or one. `LeanFilterSet` builds only those; the
form with all of them is drawn once for each set of choices and filled with the text typed.
"""

from typing import Any

import django_filters as filters
from django.http import HttpRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from crm_site.common.moulds import Mould, cast, gap

TEMPLATE = "components/filter_bar.html"
MOST_KEPT = 256
_kept: dict[tuple[Any, ...], Mould] = {}


class LeanFilterSet(filters.FilterSet):
    """A filter set that may be built with the filters of the query alone (`lean`)."""

    def __init__(
        self,
        data: Any = None,
        queryset: Any = None,
        *,
        request: Any = None,
        prefix: str | None = None,
        lean: bool = False,
    ) -> None:
        """Build the filters; with `lean` those whose names, or names with an end, are in `data`."""
        if lean:
            asked = asked_names(type(self), data)
            every = type(self).base_filters
            self.__dict__["base_filters"] = {name: every[name] for name in asked}
        super().__init__(data, queryset, request=request, prefix=prefix)

    @classmethod
    def choices_stamp(cls, _request: Any) -> str | None:
        """Return a text that changes with the choices offered; `None`: drawn for each request."""
        return None


def asked_names(filter_class: type[filters.FilterSet], query: QueryDict) -> list[str]:
    """Return the names of the filters that `query` holds a value for, in their order."""
    keys = [key for key, values in query.lists() if any(values)]
    return [
        name
        for name in filter_class.base_filters
        if any(key == name or key.startswith(f"{name}_") for key in keys)
    ]


def build_filters(
    filter_class: type[filters.FilterSet], request: HttpRequest, queryset: Any
) -> Any:
    """Return the filter set of a list for the query of `request`, lean where the class can be."""
    more = {"lean": True} if issubclass(filter_class, LeanFilterSet) else {}
    return filter_class(request.GET, queryset=queryset, request=request, **more)


def draw_filter_bar(filterset: Any, *, target: str, page_size: int) -> SafeString:
    """Return the form of all filters as the query fills it in."""
    stamp = None
    if isinstance(filterset, LeanFilterSet) and not filterset.form.errors:
        stamp = type(filterset).choices_stamp(filterset.request)
    query = filterset.data
    if stamp is None:
        return cast(_draw(filterset, query, target, page_size)).fill({})
    asked = asked_names(type(filterset), query)
    texts = {name: query[name] for name in asked if _is_text(filterset.filters[name])}
    chosen = tuple(
        (key, tuple(values))
        for key, values in sorted(query.lists())
        if key not in texts and any(key.startswith(name) for name in asked)
    )
    key = (type(filterset), get_language(), stamp, target, page_size, chosen, tuple(texts))
    found = _kept.get(key)
    if found is None:
        marked = query.copy()
        for name in texts:
            marked[name] = gap(name)
        found = cast(_draw(filterset, marked, target, page_size))
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = found
    return found.fill(texts)


def _is_text(one: filters.Filter) -> bool:
    return type(one) is filters.CharFilter


def _draw(filterset: Any, query: QueryDict, target: str, page_size: int) -> str:
    none = filterset.queryset.none()
    whole = type(filterset)(query, queryset=none, request=filterset.request)
    values = {"filter": whole, "target": target, "page": {"size": page_size}}
    return render_to_string(TEMPLATE, values)
