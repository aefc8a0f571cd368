"""Placed segments: the hashed file, what it brought, where spend should go (MKT-33)."""

from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import UNPROCESSABLE, Listing, list_page
from crm_site.staff.current import current_user
from marketing.segments.forms import PlacementForm, SpendForm
from marketing.segments.models import AudiencePlacement
from marketing.segments.pages import found_in, short_form, working
from marketing.segments.querysets import EXPORT, VIEW
from marketing.segments.selectors.placements import shift_advice, with_results
from marketing.segments.services.placing import hand_out, note_spend
from marketing.segments.views.segments import get_snapshot

PLACEMENTS: Final = Listing(
    template="marketing/segments/placements.html",
    sorts={"latest": ("-at", "-id")},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def placements(request: HtmxHttpRequest) -> HttpResponse:
    """Show what was placed where, the result by segment and the advice that follows."""
    user = current_user(request)
    seen = AudiencePlacement.objects.visible_to(user)
    rows = with_results(seen).select_related("snapshot__segment")
    results, advice = shift_advice(user)
    context = {"results": results, "advice": advice, "may_export": user.has_perm(EXPORT)}
    return list_page(request, queryset=rows, listing=PLACEMENTS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EXPORT, raise_exception=True)
def snapshot_place(request: HtmxHttpRequest, snapshot_id: int) -> HttpResponse:
    """Ask where the audience goes, and answer with its hashed file."""
    row = get_snapshot(request, snapshot_id)
    if request.method == "POST":
        form = PlacementForm(request.POST)
        if form.is_valid():
            made = hand_out(snapshot=row, **form.cleaned_data, **working(request))
            response = HttpResponse(made.content, content_type="text/csv; charset=utf-8")
            name = f"audience-{made.placement.pk}.csv"
            response["Content-Disposition"] = f'attachment; filename="{name}"'
            response["Cache-Control"] = "no-store"
            return response
    else:
        form = PlacementForm()
    return _asked(request, row, form)


def _asked(request: HtmxHttpRequest, row: Any, form: PlacementForm) -> HttpResponse:
    context = {
        "form": form,
        "title": _("Hashed audience: %(name)s") % {"name": row},
        "cancel_url": row.segment.get_absolute_url(),
        "submit_label": _("Download the file"),
    }
    status = UNPROCESSABLE if form.is_bound else 200
    template = "marketing/segments/form.html"
    return render_page(request, template, context, partial="form", status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EXPORT, raise_exception=True)
@idempotent()
def placement_spend(request: HtmxHttpRequest, audience_id: int) -> HttpResponse:
    """Note what a placement cost so far."""
    row = found_in(AudiencePlacement.objects, request, audience_id, "snapshot")
    posted = request.POST if request.method == "POST" else None
    return short_form(
        request,
        form=SpendForm(posted, initial={"spend": row.spend}),
        title=_("Spent so far"),
        back=reverse("marketing:audiences"),
        run=lambda data: note_spend(placement=row, **data, **working(request)),
    )
