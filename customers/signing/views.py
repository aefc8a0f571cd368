"""Signing a purchase: papers, desk, pre-filled sheet, online signature, time taken."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.db.models import Avg, Count, F, Q
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.filter_bars import build_filters
from crm_site.common.htmx import HtmxHttpRequest, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from customers.paperwork.selectors import checklist
from customers.purchase.hooks import blockers
from customers.purchase.models import Purchase
from customers.purchase.rules import SELL, SIGN, Step, may_step
from customers.purchase.views import get_purchase
from customers.signing.filters import SigningTimeFilter
from customers.signing.forms import DeskForm, OnlineForm
from customers.signing.forms_pdf import contract_sheet
from customers.signing.models import OPEN_STATES, DeskBooking, SigningRequest, SigningTime
from customers.signing.policies import SIGNING, SigningRules
from customers.signing.provider import PRACTICE, current_provider
from customers.signing.rules import hours_between
from customers.signing.services import desks, requesting

VIEW = "customers.view_units"
PAGE = "customers/signing/signing.html"
FORM = "customers/signing/form.html"
RELATED = (
    "purchase__unit__building",
    "purchase__project",
    "purchase__customer",
    "purchase__consultant",
)
TIMES = Listing(
    template="customers/signing/times.html",
    sorts={"signed": ("-signed_at", "-id"), "hours": ("-hours", "-id")},
    default_sort="signed",
    filter_class=SigningTimeFilter,
)


def signing_url(purchase_id: int) -> str:
    """Return the address of the page of signing."""
    return reverse("customers:purchase-signing", args=[purchase_id])


def _rules() -> SigningRules:
    rules: SigningRules = in_force(SIGNING, at=timezone.now()).value
    return rules


@require_safe
@permission_required(VIEW, raise_exception=True)
def purchase_signing(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show what the signature needs, the desk, the online signature and the time taken."""
    purchase, user, now = get_purchase(request, purchase_id), current_user(request), timezone.now()
    rows = SigningRequest.objects.filter(purchase=purchase).select_related("sent_by", "signed_copy")
    requests = list(rows.order_by("-created_at", "-pk"))
    is_open = may_step(purchase.state, Step.SIGN)
    booking = DeskBooking.objects.filter(purchase=purchase, cancelled_at=None).first()
    taken = SigningTime.objects.filter(purchase=purchase).first()
    begun = purchase.subscribed_at if is_open else None
    context = {
        "purchase": purchase,
        "papers": checklist(purchase, "signing", now=now),
        "blockers": blockers(purchase, Step.SIGN, now=now) if is_open else [],
        "booking": booking,
        "requests": [(one, _sign_link(request, one)) for one in requests],
        "is_practice": current_provider().key == PRACTICE,
        "time": taken,
        "hours_so_far": hours_between(begun, now) if begun else None,
        "target_hours": _rules().target_hours,
        "may_book": is_open and booking is None and user.has_perm(SELL),
        "may_cancel": booking is not None and user.has_perm(SELL) and booking.starts_at > now,
        "may_sign": is_open and user.has_perm(SIGN),
        "may_send": is_open
        and user.has_perm(SIGN)
        and not any(one.state in OPEN_STATES for one in requests),
    }
    return render_page(request, PAGE, context, partial="signing")


def _sign_link(request: HtmxHttpRequest, row: SigningRequest) -> str:
    """Return where the customer signs, while that is open."""
    if row.state not in OPEN_STATES or not row.sign_url:
        return ""
    is_ours = row.provider == PRACTICE
    return request.build_absolute_uri(row.sign_url) if is_ours else row.sign_url


@require_safe
@permission_required(VIEW, raise_exception=True)
def signing_sheet(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Send the contract sheet filled in with what the system knows, as PDF."""
    purchase = get_purchase(request, purchase_id)
    if purchase.agreed_total is None:
        raise Http404
    data = contract_sheet(
        purchase, contract_no=purchase.contract_no, made_at=timezone.now().replace(microsecond=0)
    )
    answer = HttpResponse(data, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="contract-{purchase.pk}.pdf"'
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((VIEW, SIGN), raise_exception=True)
@idempotent()
def signing_send(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Send the contract for the customer's online signature."""
    purchase, user = get_purchase(request, purchase_id), current_user(request)
    form = OnlineForm(request.POST or None, request.FILES or None)

    def save(valid: OnlineForm) -> str:
        try:
            requesting.send_online(
                purchase=purchase, actor=user, now=timezone.now(), **valid.cleaned_data
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("The contract is on its way to the provider."))
        return signing_url(purchase.pk)

    context = _context(purchase, _("Send for online signature")) | {
        "has_file": True,
        "is_practice": current_provider().key == PRACTICE,
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required((VIEW, SIGN), raise_exception=True)
@idempotent()
def signing_withdraw(request: HtmxHttpRequest, purchase_id: int, request_id: int) -> HttpResponse:
    """Call a contract back that the customer has not signed."""
    purchase = get_purchase(request, purchase_id)
    row = SigningRequest.objects.filter(purchase=purchase, pk=request_id).first()
    if row is None:
        raise Http404
    requesting.withdraw_request(request=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The contract is called back."))
    return go_to(request, signing_url(purchase.pk))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required((VIEW, SELL), raise_exception=True)
@idempotent()
def desk_book(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Keep a desk for the signature."""
    purchase, user, rules = get_purchase(request, purchase_id), current_user(request), _rules()
    form = DeskForm(
        request.POST or None,
        times=desks.times_of(rules),
        desks=rules.desks,
        initial={"day": timezone.localdate()},
    )

    def save(valid: DeskForm) -> str:
        try:
            row = desks.book_desk(
                purchase=purchase, wish=valid.wish(), actor=user, now=timezone.now()
            )
        except RefusedError as refusal:
            raise ValidationError(str(refusal)) from refusal
        messages.success(request, _("Kept: %(desk)s.") % {"desk": row.desk})
        return signing_url(purchase.pk)

    context = _context(purchase, _("Book a signing desk"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required((VIEW, SELL), raise_exception=True)
@idempotent()
def desk_cancel(request: HtmxHttpRequest, purchase_id: int, booking_id: int) -> HttpResponse:
    """Give a desk back."""
    purchase = get_purchase(request, purchase_id)
    row = DeskBooking.objects.filter(purchase=purchase, pk=booking_id).first()
    if row is None:
        raise Http404
    desks.cancel_desk(booking=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The desk is free again."))
    return go_to(request, signing_url(purchase.pk))


@require_safe
@permission_required(VIEW, raise_exception=True)
def signing_times(request: HtmxHttpRequest) -> HttpResponse:
    """Show how long signatures took against the target, and how many kept it (CUS-66)."""
    rows = SigningTime.objects.visible_to(current_user(request))
    found = build_filters(SigningTimeFilter, request, rows)
    narrowed = found.qs if found.is_valid() else rows.none()
    figures = narrowed.order_by().aggregate(
        count=Count("pk"),
        average=Avg("hours"),
        kept=Count("pk", filter=Q(hours__lte=F("target_hours"))),
    )
    share = figures["kept"] / figures["count"] if figures["count"] else None
    rows = rows.select_related(*RELATED)
    context = {"figures": figures | {"share": share}, "target_hours": _rules().target_hours}
    return list_page(request, queryset=rows, listing=TIMES, context=context)


def _context(purchase: Purchase, title: str) -> dict[str, Any]:
    return {"purchase": purchase, "title": title, "cancel_url": signing_url(purchase.pk)}
