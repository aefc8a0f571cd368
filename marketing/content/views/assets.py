"""The library of assets, and messages by core value and segment (MKT-23)."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from customers.models import Project
from marketing.campaigns.hooks import segments_for
from marketing.content import selectors
from marketing.content.filters import AssetFilter
from marketing.content.forms import AssetForm, ContentMessageForm
from marketing.content.models import Asset, Message
from marketing.content.pages import change_form, done, found_in, sent, short_form, working
from marketing.content.querysets import KEEP, VIEW
from marketing.content.services.assets import (
    AssetDraft,
    MessageDraft,
    retire_asset,
    save_asset,
    save_message,
)

LISTING = Listing(
    template="marketing/content/assets.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=AssetFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def asset_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the assets in use."""
    user = current_user(request)
    rows = Asset.objects.visible_to(user).filter(retired_at=None)
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(
        request,
        queryset=rows.select_related("project", "region"),
        listing=LISTING,
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def asset_add(request: HtmxHttpRequest) -> HttpResponse:
    """Put an asset into the library."""
    return short_form(
        request,
        form=AssetForm(*sent(request), user=current_user(request)),
        title=_("New asset"),
        back=reverse("marketing:assets"),
        run=lambda data: save_asset(asset=None, draft=AssetDraft(**data), **working(request)),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def asset(request: HtmxHttpRequest, asset_id: int) -> HttpResponse:
    """Show an asset and where it is used."""
    row, user = _asset(request, asset_id), current_user(request)
    context = {
        "asset": row,
        "file": getattr(row, "file", None),
        "adverts": selectors.adverts_with(row, user),
        "messages_of": row.messages.filter(pk__in=Message.objects.visible_to(user)),
        "may_keep": user.has_perm(KEEP) and row.retired_at is None,
    }
    return render(request, "marketing/content/asset.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def asset_edit(request: HtmxHttpRequest, asset_id: int) -> HttpResponse:
    """Change an asset."""
    row, user = _asset(request, asset_id), current_user(request)

    def form(data: Any) -> BaseForm:
        files = request.FILES if data is not None else None
        return AssetForm(data, files, user=user, row=_asset(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: save_asset(asset=row, draft=AssetDraft(**data), **working(request)),
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def asset_retire(request: HtmxHttpRequest, asset_id: int) -> HttpResponse:
    """Take an asset out of use."""
    row = _asset(request, asset_id)
    retire_asset(asset=row, **working(request))
    return done(request, row, _("The asset is out of use."))


@require_safe
@permission_required(VIEW, raise_exception=True)
def asset_file(request: HtmxHttpRequest, asset_id: int) -> HttpResponse:
    """Hand out the file of an asset."""
    row = _asset(request, asset_id)
    if not hasattr(row, "file"):
        raise Http404
    return hand_out(row.file)


@require_safe
@permission_required(VIEW, raise_exception=True)
def content_messages(request: HtmxHttpRequest) -> HttpResponse:
    """Preview what the people of a segment read about each core value; ``?segment=`` chooses."""
    user = current_user(request)
    segments = [(str(key), name) for key, name in segments_for(user)]
    names = dict(segments)
    projects = Project.objects.visible_to(user).order_by("code")
    asked = request.GET.get("segment", "")
    segment = int(asked) if asked in names else None
    chosen = request.GET.get("project", "")
    project = projects.filter(code=chosen).first() if chosen else None
    context = {
        "lines": selectors.preview(user, project=project, segment_id=segment),
        "rows": [
            (one, names.get(str(one.segment_id), one.segment_id))
            for one in selectors.messages_for(user)
        ],
        "segments": segments,
        "segment": asked if segment is not None else "",
        "projects": projects,
        "project": project,
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "marketing/content/messages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def content_message_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a message about a core value."""

    def run(data: dict[str, Any]) -> None:
        save_message(message=None, draft=MessageDraft(**data), **working(request))

    return short_form(
        request,
        form=ContentMessageForm(request.POST or None, user=current_user(request)),
        title=_("New message"),
        back=reverse("marketing:content-messages"),
        run=run,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def content_message(request: HtmxHttpRequest, content_message_id: int) -> HttpResponse:
    """Change a message; it is scanned, and signed where it has to be, again."""
    row, user = _message(request, content_message_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return ContentMessageForm(data, user=user, row=_message(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: save_message(message=row, draft=MessageDraft(**data), **working(request)),
    )


def _asset(request: HtmxHttpRequest, key: int) -> Asset:
    joined = ("project", "region", "file", "created_by")
    found: Asset = found_in(Asset.objects, request, key, *joined)
    return found


def _message(request: HtmxHttpRequest, key: int) -> Message:
    found: Message = found_in(Message.objects, request, key, "project", "asset")
    return found
