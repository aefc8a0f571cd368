"""The two shapes that pages share: a filtered list, and a form that saves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django_filters import FilterSet

from crm_site.common.edits import Edit
from crm_site.common.filter_bars import build_filters
from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import go_to, render_page
from crm_site.common.keyset import CursorError, Page, Sorts, paginate

CONFLICT = 409
UNPROCESSABLE = 422
RANGE_ENDS = ("_min", "_max", "_after", "_before")


@dataclass(frozen=True, slots=True)
class Listing:
    """What one list page is made of; a module-level constant beside its view.

    `sorts` maps the keys allowed in ``?order=`` to field paths ("-" for descending).
    """

    template: str
    sorts: Sorts
    default_sort: str
    filter_class: type[FilterSet] | None = None
    partial: str = "table"


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter: what it narrows, to what, and the address without it."""

    label: str
    value: str
    remove_url: str


def list_page(
    request: HttpRequest,
    *,
    queryset: QuerySet[Any],
    listing: Listing,
    present: Callable[[list[Any]], list[Any]] | None = None,
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Return the list page, or its partial, for the rows that the query string asks for.

    `present` turns the rows of the page into what the table prints, all of them at once. The
    template gets `page` (keyset.Page), `rows`, `filter`, `chips`, `clear_url`. A filter that
    cannot be read gives 422 and no rows, never the unfiltered list; a cursor of another time gives
    the first page.
    """
    filterset, status = None, 200
    if listing.filter_class is not None:
        filterset = build_filters(listing.filter_class, request, queryset)
        valid = filterset.is_valid()
        queryset = filterset.qs if valid else queryset.none()
        status = 200 if valid else UNPROCESSABLE
    page = read_page(request, queryset=queryset, listing=listing)
    found = {
        "page": page,
        "rows": present(page.rows) if present else page.rows,
        "filter": filterset,
        "chips": active_filters(request, filterset) if filterset is not None else [],
        "clear_url": "?",
    }
    return render_page(
        request,
        listing.template,
        found | (context or {}),
        partial=listing.partial,
        status=status,
    )


def read_page(request: HttpRequest, *, queryset: QuerySet[Any], listing: Listing) -> Page:
    """Return the page of `queryset` that the query string asks for."""
    query = request.GET
    try:
        return paginate(queryset, query=query, sorts=listing.sorts, default=listing.default_sort)
    except CursorError:
        first = query.copy()
        for key in ("after", "before"):
            first.pop(key, None)
        return paginate(queryset, query=first, sorts=listing.sorts, default=listing.default_sort)


def active_filters(request: HttpRequest, filterset: FilterSet) -> list[Chip]:
    """Return a chip for each filter in the query string that narrows the list."""
    chips = []
    for name, field in filterset.form.fields.items():
        keys = [name, *(f"{name}{end}" for end in RANGE_ENDS)]
        values = [value for key in keys for value in request.GET.getlist(key) if value]
        if not values:
            continue
        rest = request.GET.copy()
        for key in [*keys, "after", "before"]:
            rest.pop(key, None)
        choices = getattr(field, "choices", None)
        words = {} if choices is None else dict(choices)
        shown = ", ".join(str(words.get(value, value)) for value in values)
        chips.append(Chip(str(field.label or name), shown, f"?{rest.urlencode()}"))
    return chips


def form_page(
    request: HttpRequest,
    *,
    form: BaseForm,
    template: str,
    save: Callable[[Any], str],
    context: dict[str, Any] | None = None,
) -> HttpResponse:
    """Show `form`; once it is bound and valid, call `save(form)` and go to the URL it returns.

    A ValidationError from `save` joins the form's errors. A form with errors is shown again with
    422 (the partial "form" for htmx), nothing typed is lost.
    """
    if form.is_bound and form.is_valid():
        try:
            return go_to(request, save(form))
        except ValidationError as error:
            add_errors(form, error)
    status = UNPROCESSABLE if form.is_bound else 200
    values = {"form": form} | (context or {})
    return render_page(request, template, values, partial="form", status=status)


def edit_page(  # noqa: PLR0913 -- one flat call, keyword-only
    request: HttpRequest,
    *,
    edit: Edit,
    form: Callable[[Any], BaseForm],
    template: str,
    save: Callable[[Any], str],
    context: dict[str, Any] | None = None,
    proposal: BaseForm | None = None,
) -> HttpResponse:
    """Show the form of a stored record and save it like `form_page`, never over a change unseen.

    `form(data)` makes the form of the record as it stands, unbound for None. The record stays
    locked from the comparison to the end of `save`. What somebody changed meanwhile is answered
    with 409 and a view of the three versions; nothing is written (A-49). `proposal` is shown first
    in place of the record's own values.
    """
    if request.method != "POST":
        standing = form(None)
        offered = edit.offer(proposal or standing, standing=standing)
        return form_page(request, form=offered, template=template, save=save, context=context)
    with transaction.atomic():
        edit.lock()
        standing, bound = form(None), form(request.POST)
        if edit.has_moved(bound, standing=standing):
            values = {"form": bound} | (context or {})
            return render_page(request, template, values, partial="form", status=CONFLICT)
        return form_page(request, form=bound, template=template, save=save, context=context)
