"""Segments: list, write with a preview of the size, freeze, put away (MKT-77)."""

from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import BASE, edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from customers.models import Customer
from marketing.segments.choices import PRESETS
from marketing.segments.errors import SegmentError
from marketing.segments.forms import FreezeForm, SegmentForm
from marketing.segments.hooks import clusters
from marketing.segments.labels import in_words
from marketing.segments.models import Segment, SegmentSnapshot
from marketing.segments.pages import found_in, short_form, working
from marketing.segments.querysets import EXPORT, KEEP, VIEW
from marketing.segments.rules.fields import FIELDS, MASKED
from marketing.segments.rules.fields import PRESETS as PRESET_RULES
from marketing.segments.rules.tree import TreeError, read
from marketing.segments.services.freezing import freeze, members_of, within
from marketing.segments.services.keeping import (
    SegmentDraft,
    place_of,
    put_away,
    save_cluster,
    write_segment,
)

FORM: Final = "marketing/segments/segment_form.html"
SEGMENTS: Final = Listing(
    template="marketing/segments/segments.html",
    sorts={"latest": ("-id",), "name": ("name", "id")},
    default_sort="latest",
)
MEMBERS: Final = Listing(
    template="marketing/segments/members.html",
    sorts={"name": ("sort_key", "id"), "latest": ("-id",)},
    default_sort="name",
)


def get_segment(request: HtmxHttpRequest, key: int) -> Segment:
    """Return the segment; 404 where it is missing or of another place."""
    found: Segment = found_in(Segment.objects, request, key, "project", "region", "owner")
    return found


def get_snapshot(request: HtmxHttpRequest, key: int) -> SegmentSnapshot:
    """Return the snapshot of a segment one sees; 404 else."""
    found: SegmentSnapshot = found_in(SegmentSnapshot.objects, request, key, "segment")
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def segments(request: HtmxHttpRequest) -> HttpResponse:
    """Show the segments of one's place, and the ready-made ones to begin with."""
    user = current_user(request)
    rows = Segment.objects.visible_to(user).in_use().select_related("project", "region", "owner")
    found = clusters()
    context = {
        "may_keep": user.has_perm(KEEP),
        "presets": PRESETS,
        "clusters": found.offered(user) if found else [],
    }
    return list_page(request, queryset=rows, listing=SEGMENTS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def segment_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a segment; ``?preset=`` begins with a ready-made one; a preview only counts."""
    user = current_user(request)
    place = place_of(user)
    preset = request.GET.get("preset", "")
    begin = Segment(name="", **place)
    if preset in PRESET_RULES:
        begin.name, begin.rules = str(dict(PRESETS)[preset]), dict(PRESET_RULES[preset])
    else:
        preset = ""
    initial = {} if preset else {"way": "all"}
    start = begin if preset else None
    form = SegmentForm(request.POST or None, request=request, segment=start, initial=initial)
    context: dict[str, Any] = {
        "title": _("New segment"),
        "cancel_url": reverse("marketing:segments"),
    }
    if "preview" in request.POST:
        return _preview(request, form, begin, context)

    def save(valid: SegmentForm) -> str:
        draft = _draft(valid)
        if preset and draft.rules == _plain(preset):
            draft = SegmentDraft(
                name=draft.name, rules=draft.rules, note=draft.note, kind="preset", preset=preset
            )
        return write_segment(draft=draft, **working(request)).get_absolute_url()

    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def segment_from_cluster(request: HtmxHttpRequest) -> HttpResponse:
    """Keep a group of the cluster analysis as a segment; once for a run, group and place."""
    user, found = current_user(request), clusters()
    key = request.POST.get("cluster", "")
    members = found.members(user, key) if found else None
    if found is None or members is None:
        raise SegmentError(_("This group is no longer offered. Reload the page."))
    place = place_of(user)
    where = place["project_id"] or place["region_id"] or 0
    row = save_cluster(
        name=dict(found.offered(user))[key],
        customers=members,
        key=f"{key}@{where}",
        **working(request),
    )
    return go_to(request, row.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def segment_edit(request: HtmxHttpRequest, segment_id: int) -> HttpResponse:
    """Change a segment; what was frozen of it stays as it was."""
    row = get_segment(request, segment_id)

    def form(data: Any) -> BaseForm:
        return SegmentForm(data, request=request, segment=get_segment(request, row.pk))

    context: dict[str, Any] = {"title": row.name, "cancel_url": row.get_absolute_url()}
    if "preview" in request.POST:
        return _preview(request, SegmentForm(request.POST, request=request), row, context)

    def save(valid: SegmentForm) -> str:
        return write_segment(
            segment=row, draft=_draft(valid), **working(request)
        ).get_absolute_url()

    edit = edit_of(row, current_user(request))
    return edit_page(request, edit=edit, form=form, template=FORM, save=save, context=context)


def _plain(preset: str) -> dict[str, Any]:
    from marketing.segments.services.keeping import checked

    return checked(PRESET_RULES[preset])


def _draft(form: SegmentForm) -> SegmentDraft:
    data = form.cleaned_data
    return SegmentDraft(name=data["name"], rules=data["rules"], note=data["note"])


def _preview(
    request: HtmxHttpRequest, form: SegmentForm, place: Segment, context: dict[str, Any]
) -> HttpResponse:
    """Show the form again with the size its rule has now; nothing is written."""
    status = 422
    if form.is_valid():
        status = 200
        probe = Segment(
            project_id=place.project_id, region_id=place.region_id, rules=form.cleaned_data["rules"]
        )
        context["size"] = probe.queryset(current_user(request), now=timezone.now()).count()
    values = {"form": form, "edit_base": request.POST.get(BASE, "")} | context
    return render_page(request, FORM, values, partial="form", status=status)


@require_safe
@permission_required(VIEW, raise_exception=True)
def segment(request: HtmxHttpRequest, segment_id: int) -> HttpResponse:
    """Show a segment: its rule in words, its size now, what was frozen of it."""
    row, user = get_segment(request, segment_id), current_user(request)
    rule, size = _rule_and_size(row, user)
    context = {
        "segment": row,
        "rule": rule,
        "size": size,
        "snapshots": row.snapshots.select_related("taken_by").order_by("-taken_at", "-pk")[:50],
        "may_keep": user.has_perm(KEEP) and row.is_active,
        "may_export": user.has_perm(EXPORT),
    }
    return render(request, "marketing/segments/segment.html", context)


def _rule_and_size(row: Segment, user: Any) -> tuple[list[tuple[int, str]], int | None]:
    if row.kind == "cluster":
        return [], row.queryset(user).count()
    try:
        tree = read(row.rules, fields=FIELDS, masked=MASKED)
    except TreeError:
        return [(0, _("This rule asks for a field that segments no longer know. Edit it."))], None
    return in_words(tree), row.queryset(user, now=timezone.now()).count()


@require_safe
@permission_required(VIEW, raise_exception=True)
def segment_members(request: HtmxHttpRequest, segment_id: int) -> HttpResponse:
    """Show the customers a segment holds now."""
    row = get_segment(request, segment_id)
    seen = Customer.objects.visible_to(current_user(request))
    rows: Any = within(row, seen, now=timezone.now())
    context = {"title": row.name, "back_url": row.get_absolute_url()}
    return list_page(request, queryset=rows.for_table(), listing=MEMBERS, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def snapshot_members(request: HtmxHttpRequest, snapshot_id: int) -> HttpResponse:
    """Show the customers a snapshot keeps, as far as one still sees them."""
    row = get_snapshot(request, snapshot_id)
    seen = Customer.objects.visible_to(current_user(request)).order_by().values("pk")
    rows: Any = members_of(row).filter(pk__in=seen)
    context = {"title": str(row), "back_url": row.segment.get_absolute_url()}
    return list_page(request, queryset=rows.for_table(), listing=MEMBERS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def segment_freeze(request: HtmxHttpRequest, segment_id: int) -> HttpResponse:
    """Keep what the segment holds now, for a campaign or without one."""
    row = get_segment(request, segment_id)

    def run(data: dict[str, Any]) -> None:
        use = f"campaign:{data['campaign']}" if data["campaign"] else ""
        freeze(row, use=use, **working(request))

    return short_form(
        request,
        form=FreezeForm(request.POST if request.method == "POST" else None),
        title=_("Freeze: %(name)s") % {"name": row.name},
        back=row.get_absolute_url(),
        done=_("The segment is frozen."),
        run=run,
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def segment_put_away(request: HtmxHttpRequest, segment_id: int) -> HttpResponse:
    """Take a segment out of use."""
    row = put_away(segment=get_segment(request, segment_id), **working(request))
    messages.success(request, _("“%(name)s” is put away.") % {"name": row.name})
    return go_to(request, reverse("marketing:segments"))
