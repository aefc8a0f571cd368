"""Addresses of saved views: keep, save as, rename, delete, open by default, choose columns."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.models import SavedView
from crm_site.common.refusals import RefusedError
from crm_site.common.saved_views import (
    COLUMNS,
    PROMOTE,
    ViewedList,
    address,
    allowed_columns,
    kept_query,
    list_of,
    save_view,
    set_default,
    views_for,
)

PAGE = "common/saved_views.html"


class SavedViewForm(forms.ModelForm):  # type: ignore[type-arg]
    """The name of a view and whom it is for."""

    class Meta:
        model = SavedView
        fields = ["name", "audience"]

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not user.has_perm(PROMOTE):
            offered = [pair for pair in SavedView.Audience.choices if pair[0] != "promoted"]
            self.fields["audience"].choices = offered  # type: ignore[attr-defined]


@require_safe
def view_list(request: HttpRequest, list_key: str) -> HttpResponse:
    """Show the views of a list, one's own with their forms."""
    return _page(request, _list(request, list_key))


@require_POST
@idempotent()
def view_add(request: HttpRequest, list_key: str) -> HttpResponse:
    """Save the list as it stands under a name."""
    viewed = _list(request, list_key)
    view = SavedView(owner=cast(Any, request.user), list_key=list_key)
    form = SavedViewForm(request.POST, instance=view, user=request.user)
    _fill(view, viewed, request.POST)
    if form.is_valid() and _saved(form, request):
        return redirect(address(viewed, view))
    return _page(request, viewed, form=form, status=422)


@require_POST
def view_save(request: HttpRequest, view_id: int) -> HttpResponse:
    """Keep the list as it stands in a view of one's own."""
    view, viewed = _view(request, view_id)
    _fill(view, viewed, request.POST)
    try:
        save_view(view=view, actor=request.user)
    except forms.ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from error
    messages.success(request, _("View “%(name)s” saved.") % {"name": view.name})
    return redirect(address(viewed, view))


@require_POST
@idempotent()
def view_change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Give a view of one's own another name or other readers."""
    view, viewed = _view(request, view_id)
    form = SavedViewForm(request.POST, instance=view, user=request.user)
    if form.is_valid() and _saved(form, request):
        return redirect("saved-views", viewed.key)
    return _page(request, viewed, form=form, status=422)


@require_POST
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view of one's own."""
    view, viewed = _view(request, view_id)
    if view.owner_id != request.user.pk:
        raise PermissionDenied
    view.delete()
    return redirect("saved-views", viewed.key)


@require_POST
def view_default(request: HttpRequest, view_id: int) -> HttpResponse:
    """Open the list with this view from now on, or no longer."""
    view, viewed = _view(request, view_id)
    set_default(view=view, actor=request.user, is_default=request.POST.get("on") == "1")
    return redirect("saved-views", viewed.key)


@require_POST
def view_columns(request: HttpRequest, list_key: str) -> HttpResponse:
    """Show the list with the chosen columns, in the order of their numbers."""
    viewed = _list(request, list_key)
    chosen = allowed_columns(viewed, request.POST.getlist("column"))
    places = {key: request.POST.get(f"place_{key}", "") for key in chosen}
    order = sorted(
        chosen,
        key=lambda key: int(places[key][:4]) if places[key].isdecimal() else len(viewed.columns),
    )
    query = QueryDict(request.POST.get("query", "")[:2000], mutable=True)
    for key in ("after", "before"):
        query.pop(key, None)
    query[COLUMNS] = ",".join(order)
    return redirect(f"{reverse(viewed.url_name)}?{query.urlencode(safe=',')}")


def _saved(form: SavedViewForm, request: HttpRequest) -> bool:
    try:
        save_view(view=form.instance, actor=request.user)
    except forms.ValidationError as error:
        add_errors(form, error)
        return False
    return True


def _fill(view: SavedView, viewed: ViewedList, data: QueryDict) -> None:
    view.query = kept_query(QueryDict(data.get("query", "")[:2000]))
    wanted = data.get("columns", "").split(",")
    view.columns = allowed_columns(viewed, wanted)


def _list(request: HttpRequest, key: str) -> ViewedList:
    viewed = list_of(key)
    if viewed is None:
        raise Http404
    user: Any = request.user
    if not user.has_perm(viewed.permission):
        raise PermissionDenied
    return viewed


def _view(request: HttpRequest, view_id: int) -> tuple[SavedView, ViewedList]:
    view = SavedView.objects.visible_to(request.user).filter(pk=view_id).first()
    if view is None:
        raise Http404
    return view, _list(request, view.list_key)


def _page(
    request: HttpRequest, viewed: ViewedList, *, form: Any = None, status: int = 200
) -> HttpResponse:
    views = views_for(request.user, viewed.key)
    rows = [
        {
            "view": view,
            "url": address(viewed, view),
            "form": SavedViewForm(instance=view, user=request.user, auto_id=f"view{view.pk}_%s")
            if view.owner_id == request.user.pk
            else None,
        }
        for view in views
    ]
    context = {"viewed": viewed, "rows": rows, "form": form, "list_url": reverse(viewed.url_name)}
    return render_page(request, PAGE, context, status=status)
