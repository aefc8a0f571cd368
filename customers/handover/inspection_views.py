"""The inspection on a phone: rooms walked, defects with photos, repaired and re-checked.

The page's script keeps what could not be sent and sends it again with the same key; it asks for
JSON, and is told what became of each entry.
"""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import FIELD, idempotent
from crm_site.common.refusals import NotAllowedError, RefusedError
from crm_site.staff.current import current_user
from customers.handover import selectors
from customers.handover.forms import DefectForm
from customers.handover.models import UnitDefect, UnitDelivery
from customers.handover.rules import DefectStep
from customers.handover.services import inspecting
from customers.handover.unit_views import WORK, get_delivery
from customers.handover.views import VIEW
from customers.property.launching import picture_of

INSPECT = "customers.record_defects"
PAGE = "customers/handover/inspection.html"
UNPROCESSABLE = 422
CREATED = 201


@require_safe
@permission_required(VIEW, raise_exception=True)
def delivery_inspection(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Show the rooms of a unit, the form for a defect, and what was found."""
    return _page(request, get_delivery(request, delivery_id))


@require_POST
@permission_required(INSPECT, raise_exception=True)
@idempotent()
def delivery_room(request: HtmxHttpRequest, delivery_id: int, room: str) -> HttpResponse:
    """Note a room as walked."""
    delivery, user = get_delivery(request, delivery_id), current_user(request)
    try:
        is_last = inspecting.walk_room(delivery=delivery, room=room, actor=user, now=timezone.now())
    except RefusedError as refusal:
        return _refused(request, refusal)
    if _wants_json(request):
        return JsonResponse({"room": room, "is_last": is_last}, status=CREATED)
    if is_last:
        messages.success(request, _("Every room is walked."))
    return go_to(request, _url(delivery))


@require_POST
@permission_required(INSPECT, raise_exception=True)
@idempotent()
def delivery_defect(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Record a defect; the same key again gives the one record."""
    delivery, user = get_delivery(request, delivery_id), current_user(request)
    form = DefectForm(request.POST, request.FILES, rooms=inspecting.rooms_in(delivery.unit))
    if not form.is_valid():
        if _wants_json(request):
            words = " ".join(str(error) for errors in form.errors.values() for error in errors)
            return JsonResponse({"message": words}, status=UNPROCESSABLE)
        return _page(request, delivery, form=form, status=UNPROCESSABLE)
    found = dict(form.cleaned_data)
    photo = found.pop("photo")
    key = request.POST.get(FIELD, "")[:80]
    entry = inspecting.Found(photo=photo.read() if photo else None, key=key, **found)
    try:
        defect = inspecting.record_defect(
            delivery=delivery, found=entry, actor=user, now=timezone.now()
        )
    except RefusedError as refusal:
        return _refused(request, refusal)
    if _wants_json(request):
        return JsonResponse({"defect": defect.pk}, status=CREATED)
    messages.success(request, _("The defect is recorded."))
    return go_to(request, _url(delivery))


@require_POST
@permission_required(INSPECT, raise_exception=True)
@idempotent()
def defect_step(request: HtmxHttpRequest, defect_id: int, step: str) -> HttpResponse:
    """Note a defect as repaired, or what its re-check found."""
    if step not in {DefectStep.REPAIR, DefectStep.ACCEPT, DefectStep.FAIL}:
        raise Http404
    user, defect = current_user(request), _defect(request, defect_id)
    if step != DefectStep.REPAIR and not user.has_perm(WORK):
        raise NotAllowedError(_("Customer specialists and the relations centre re-check defects."))
    inspecting.step_defect(
        defect=defect,
        step=DefectStep(step),
        note=request.POST.get("note", ""),
        actor=user,
        now=timezone.now(),
    )
    messages.success(request, _("The defect is noted."))
    return go_to(request, _url(defect.delivery))


@require_safe
@permission_required(VIEW, raise_exception=True)
def defect_photo(request: HtmxHttpRequest, defect_id: int) -> HttpResponse:
    """Send the photo of a defect."""
    photo = _defect(request, defect_id).photo
    if photo is None:
        raise Http404
    answer = HttpResponse(picture_of(photo), content_type=photo.media_type)
    answer["Content-Disposition"] = f'inline; filename="defect-{defect_id}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _page(
    request: HtmxHttpRequest, delivery: UnitDelivery, *, form: Any = None, status: int = 200
) -> HttpResponse:
    user = current_user(request)
    context = {
        "delivery": delivery,
        "form": form or DefectForm(rooms=inspecting.rooms_in(delivery.unit)),
        "rooms": selectors.room_lines(delivery),
        "defects": selectors.defects_of(delivery),
        "may_inspect": user.has_perm(INSPECT) and delivery.taken_at is None,
        "may_recheck": user.has_perm(WORK),
    }
    return render_page(request, PAGE, context, partial="found", status=status)


def _defect(request: HtmxHttpRequest, defect_id: int) -> UnitDefect:
    rows = UnitDefect.objects.visible_to(current_user(request))
    found: UnitDefect | None = rows.select_related("delivery", "photo").filter(pk=defect_id).first()
    if found is None:
        raise Http404
    return found


def _url(delivery: UnitDelivery) -> str:
    return reverse("customers:delivery-inspection", args=[delivery.pk])


def _wants_json(request: HtmxHttpRequest) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _refused(request: HtmxHttpRequest, refusal: RefusedError) -> HttpResponse:
    """Answer the script with the reason; let everybody else see the page of refusals."""
    if not _wants_json(request):
        raise refusal
    return JsonResponse({"message": str(refusal)}, status=refusal.status)
