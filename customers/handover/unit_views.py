"""Units to be handed over: the list behind every figure, the page of one, its time and transfer."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from customers.handover import selectors
from customers.handover.day_models import DeliveryVisit
from customers.handover.errors import DeliveryRefusedError
from customers.handover.filters import UnitDeliveryFilter
from customers.handover.forms import TransferForm
from customers.handover.models import UnitDelivery
from customers.handover.rules import Refusal, Station
from customers.handover.services import notices, slots, stations, transferring
from customers.handover.views import VIEW, as_form_error
from customers.purchase.views import get_purchase

WORK = "customers.hand_over_unit"
UNIT, FORM = "customers/handover/unit.html", "customers/handover/form.html"
LIST = Listing(
    template="customers/handover/units.html",
    sorts={"place": ("batch_id", "unit__building__sort_key", "unit__number", "id")},
    default_sort="place",
    filter_class=UnitDeliveryFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def delivery_units(request: HtmxHttpRequest) -> HttpResponse:
    """Show units to be handed over; every figure of the handover opens this list."""
    user, now = current_user(request), timezone.now()
    rows = UnitDelivery.objects.visible_to(user).with_outcome(now=now).with_defects()
    rows = rows.select_related("batch__project", "unit__building", "slot")
    return list_page(
        request,
        queryset=rows,
        listing=LIST,
        present=lambda found: selectors.unit_rows(found, user),
        context={"total": _total(request, rows)},
    )


def _total(request: HtmxHttpRequest, rows: Any) -> int | None:
    """Return how many units the filter finds; None where it cannot be read."""
    found = UnitDeliveryFilter(request.GET, queryset=rows, request=request)
    return found.qs.count() if found.is_valid() else None


@require_safe
@permission_required(VIEW, raise_exception=True)
def delivery_unit(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Show the handover of one unit: release, notice, time, stations, defects, transfer."""
    user = current_user(request)
    delivery = get_delivery(request, delivery_id)
    context = selectors.unit_page(delivery, user=user, now=timezone.now())
    context["may_work"] = user.has_perm(WORK)
    context["may_inspect"] = user.has_perm("customers.record_defects")
    return render_page(request, UNIT, context, partial="unit")


@require_safe
@permission_required(VIEW, raise_exception=True)
def delivery_of_purchase(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Lead from a purchase to the handover of its unit; 404 while it is in no batch."""
    purchase = get_purchase(request, purchase_id)
    delivery = UnitDelivery.objects.filter(unit=purchase.unit_id).first()
    if delivery is None:
        raise Http404
    return redirect("customers:delivery-unit", delivery.pk)


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def delivery_book(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Book a time; who comes second for the last place is told so (409)."""
    delivery = get_delivery(request, delivery_id)
    key = request.POST.get("slot", "")
    rows = delivery.batch.slots.all()
    slot = rows.filter(pk=int(key)).first() if key.isascii() and key.isdecimal() else None
    if slot is None:
        raise DeliveryRefusedError(_("Choose a time."))
    slots.book_slot(delivery=delivery, slot=slot, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The time is booked."))
    return go_to(request, url_of(delivery))


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def delivery_handed(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Note that the notice was delivered by hand or courier."""
    delivery = get_delivery(request, delivery_id)
    notice = delivery.notices.order_by("-written_at").first()
    if notice is None:
        raise DeliveryRefusedError(_("The buyer has no handover notice yet."))
    notices.note_handed(
        notice=notice,
        note=request.POST.get("note", ""),
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, _("The delivery is noted."))
    return go_to(request, url_of(delivery))


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def delivery_arrive(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Let the buyer in."""
    delivery = get_delivery(request, delivery_id)
    escort = request.POST.get("escort", "")
    stations.arrive(
        delivery=delivery, escort=escort, actor=current_user(request), now=timezone.now()
    )
    messages.success(request, _("The buyer waits for the first station."))
    return go_to(request, url_of(delivery))


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def delivery_call(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Call the buyer to the station."""
    visit = _visit(request, delivery_id)
    stations.call_up(visit=visit, actor=current_user(request), now=timezone.now())
    return go_to(request, url_of(visit.delivery))


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def delivery_pass(request: HtmxHttpRequest, delivery_id: int, station: str) -> HttpResponse:
    """Finish a station; the last one hands the unit over."""
    if station not in set(Station):
        raise Http404
    visit = _visit(request, delivery_id)
    stars = request.POST.get("satisfaction", "")
    passed = stations.Passed(
        note=request.POST.get("note", ""),
        signed_name=request.POST.get("signed_name", ""),
        satisfaction=int(stars) if stars in {"1", "2", "3", "4", "5"} else None,
    )
    done = stations.pass_station(
        visit=visit,
        station=Station(station),
        passed=passed,
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(
        request, _("The unit is handed over.") if done.is_taken else _("On to the next station.")
    )
    return go_to(request, url_of(visit.delivery))


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def delivery_refuse(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """End a visit because the buyer does not take the unit."""
    visit = _visit(request, delivery_id)
    refusal = request.POST.get("refusal", "")
    if refusal not in set(Refusal):
        raise DeliveryRefusedError(_("Say why the buyer does not take the unit."))
    stations.refuse(
        visit=visit,
        refusal=Refusal(refusal),
        reason=request.POST.get("reason", ""),
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, _("The refusal is noted."))
    return go_to(request, url_of(visit.delivery))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def delivery_transfer(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Note what goes over to the property company."""
    delivery, user = get_delivery(request, delivery_id), current_user(request)
    transfer = getattr(delivery, "transfer", None)
    initial: dict[str, Any] = {}
    for item in transfer.items.all() if transfer else []:
        initial |= {item.part: item.value, f"{item.part}_missing": item.is_missing}
    form = TransferForm(request.POST or None, initial=initial)

    def save(valid: TransferForm) -> str:
        as_form_error(
            lambda: transferring.note_transfer(
                delivery=delivery, passing=valid.passing(), actor=user, now=timezone.now()
            )
        )
        messages.success(request, _("The transfer is noted."))
        return url_of(delivery)

    context = {
        "batch": delivery.batch,
        "title": _("Property transfer of %(unit)s") % {"unit": delivery.unit},
        "cancel_url": url_of(delivery),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(WORK, raise_exception=True)
@idempotent()
def delivery_transfer_sign(request: HtmxHttpRequest, delivery_id: int) -> HttpResponse:
    """Sign the transfer for one side."""
    delivery = get_delivery(request, delivery_id)
    transferring.sign_transfer(
        delivery=delivery,
        received_name=request.POST.get("received_name", ""),
        actor=current_user(request),
        now=timezone.now(),
    )
    messages.success(request, _("The transfer is signed."))
    return go_to(request, url_of(delivery))


def get_delivery(request: HtmxHttpRequest, delivery_id: int) -> UnitDelivery:
    """Return the handover of a unit; 404 when it is of a project not for this user's eyes."""
    rows = UnitDelivery.objects.visible_to(current_user(request)).select_related(
        "batch__project", "unit__building", "unit__layout", "slot", "transfer__given_by"
    )
    delivery: UnitDelivery | None = rows.filter(pk=delivery_id).first()
    if delivery is None:
        raise Http404
    return delivery


def url_of(delivery: UnitDelivery) -> str:
    """Return the address of the page of a unit's handover."""
    return reverse("customers:delivery-unit", args=[delivery.pk])


def _visit(request: HtmxHttpRequest, delivery_id: int) -> DeliveryVisit:
    delivery = get_delivery(request, delivery_id)
    visit: DeliveryVisit | None = delivery.visits.filter(ended_at=None).first()
    if visit is None:
        raise DeliveryRefusedError(_("The buyer is not on site."))
    visit.delivery = delivery
    return visit
