"""The board of improvement items, their cycle and their means."""

from typing import Any

from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analytics.improvement import choices, selectors
from analytics.improvement.forms import ItemForm, MeansForm, StepForm, WordsForm
from analytics.improvement.programme_models import Finding, PdcaItem, Programme
from analytics.improvement.querysets import KEEP, VIEW
from analytics.improvement.rules.pdca import NEXT, Stage, Step
from analytics.improvement.services.items import (
    OPEN,
    ItemDraft,
    Means,
    add_item,
    advance,
    change_item,
    drop,
    earlier_waiting,
    plan_means,
)
from analytics.improvement.views.programmes import get_programme
from analytics.pages import change_form, found_in, short_form, working
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import form_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User


@require_safe
@permission_required(VIEW, raise_exception=True)
def pdca_board(request: HtmxHttpRequest) -> HttpResponse:
    """Show the items by stage, narrowed by track or theme."""
    user = current_user(request)
    rows = PdcaItem.objects.visible_to(user)
    track, theme = request.GET.get("track", ""), request.GET.get("theme", "")
    if track in dict(choices.TRACKS):
        rows = rows.filter(track=track)
    if theme in dict(choices.THEMES):
        rows = rows.filter(theme=theme)
    context = {
        "columns": selectors.columns(rows),
        "tracks": choices.TRACKS,
        "themes": choices.THEMES,
        "track": track,
        "theme": theme,
        "may_keep": user.has_perm(KEEP),
        "today": timezone.localdate(),
    }
    return render(request, "analytics/improvement/board.html", context)


def get_item(request: HtmxHttpRequest, key: int) -> PdcaItem:
    """Return the item; 404 where it is missing or of another region."""
    joined = ("accountable", "programme", "previous", "created_by")
    found: PdcaItem = found_in(PdcaItem.objects, request, key, *joined)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def pdca_item_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write an item, of a programme or a finding where the address names one."""
    user = current_user(request)
    programme, finding = _origin(request)
    initial = {"title": finding.text, "accountable": finding.owner_id} if finding else {}

    def run(data: dict[str, Any]) -> Any:
        draft = ItemDraft(**data)
        row = add_item(draft=draft, programme=programme, finding=finding, **working(request))
        return finding.workshop if finding else row

    return short_form(
        request,
        form=ItemForm(request.POST or None, user=user, initial=initial),
        title=_("New improvement item"),
        back=programme.get_absolute_url() if programme else reverse("analytics:pdca-board"),
        run=run,
    )


def _origin(request: HtmxHttpRequest) -> tuple[Programme | None, Finding | None]:
    """Return the programme and the finding that ``?programme=`` or ``?finding=`` names."""
    number = _number(request.GET.get("finding", ""))
    if number:
        seen = Programme.objects.visible_to(current_user(request)).order_by().values("pk")
        rows = Finding.objects.filter(workshop__programme__in=seen, item=None)
        finding = rows.select_related("workshop__programme").filter(pk=number).first()
        if finding is None:
            raise Http404
        return finding.workshop.programme, finding
    number = _number(request.GET.get("programme", ""))
    return (get_programme(request, number), None) if number else (None, None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def pdca_item_edit(request: HtmxHttpRequest, pdca_item_id: int) -> HttpResponse:
    """Change an item that runs."""
    row, user = get_item(request, pdca_item_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return ItemForm(data, user=user, item=get_item(request, row.pk))

    return change_form(
        request,
        row=row,
        form=form,
        run=lambda data: change_item(item=row, draft=ItemDraft(**data), **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def pdca_item(request: HtmxHttpRequest, pdca_item_id: int) -> HttpResponse:
    """Show an item with its cycle; a post takes it one stage further."""
    row, user = get_item(request, pdca_item_id), current_user(request)
    runs = row.stage in OPEN
    waits = row.stage == Stage.PLAN and earlier_waiting(row)
    form = StepForm(request.POST or None, item=row, earlier_wait=waits)

    def save(valid: StepForm) -> str:
        step = Step(**valid.cleaned_data)
        return advance(item=row, step=step, actor=user, now=timezone.now()).get_absolute_url()

    context = {
        "item": row,
        "events": row.events.select_related("actor").order_by("-pk"),
        "means": row.resources.order_by("kind"),
        "following": PdcaItem.objects.filter(previous=row).first(),
        "reached": selectors.outcome_of(row),
        "next_stage": dict(choices.STAGES)[NEXT[Stage(row.stage)].value] if runs else "",
        "may_work": runs and _may_work(row, user),
        "may_keep": runs and user.has_perm(KEEP),
        "today": timezone.localdate(),
    }
    template = "analytics/improvement/item.html"
    return form_page(request, form=form, template=template, save=save, context=context)


def _may_work(row: PdcaItem, user: User) -> bool:
    return user.pk == row.accountable_id or user.has_perm(KEEP)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def pdca_item_drop(request: HtmxHttpRequest, pdca_item_id: int) -> HttpResponse:
    """End an item without result, with a reason."""
    row = get_item(request, pdca_item_id)
    return short_form(
        request,
        form=WordsForm(request.POST or None),
        title=_("Drop the item"),
        back=row.get_absolute_url(),
        run=lambda data: drop(item=row, reason=data["words"], **working(request)),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def pdca_item_means(request: HtmxHttpRequest, pdca_item_id: int) -> HttpResponse:
    """Keep planned and used means of one kind."""
    row = get_item(request, pdca_item_id)
    kind = request.GET.get("kind", "")
    held = row.resources.filter(kind=kind).first()
    initial = {"kind": kind, "planned": held.planned, "used": held.used} if held else {}
    return short_form(
        request,
        form=MeansForm(request.POST or None, initial=initial),
        title=_("Means: %(what)s") % {"what": row.title},
        back=row.get_absolute_url(),
        run=lambda data: plan_means(item=row, means=Means(**data), **working(request)),
    )
