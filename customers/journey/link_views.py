"""Booking a viewing online by a link, and the page that makes the link (CUS-61)."""

from django.contrib.auth.decorators import login_not_required, permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from customers.journey.forms import SlotForm
from customers.journey.links import Invitation, invitation_of, token_for
from customers.journey.slots import free_slots
from customers.journey.viewings import Booking, book_viewing
from customers.views.customer_record import get_customer

PAGE = "customers/journey/book_online.html"
GONE, UNPROCESSABLE = 410, 422


@require_http_methods(["GET", "HEAD", "POST"])
@login_not_required
@never_cache
def book_online(request: HttpRequest, token: str) -> HttpResponse:
    """Let a customer choose a slot; a link that was used shows what was booked by it."""
    now = timezone.now()
    invitation = invitation_of(token, now=now)
    if invitation is None:
        return render(request, PAGE, {"invitation": None}, status=GONE)
    if invitation.viewing is not None:
        return render(request, PAGE, {"invitation": invitation})
    form = SlotForm(request.POST or None, slots=free_slots(invitation.project, now=now))
    if form.is_bound and form.is_valid() and _book(invitation, form):
        return redirect("customers:book-online", token=token)
    context = {"invitation": invitation, "form": form}
    return render(request, PAGE, context, status=UNPROCESSABLE if form.is_bound else 200)


def _book(invitation: Invitation, form: SlotForm) -> bool:
    """Book what was chosen; a refusal becomes an error of the form."""
    booking = Booking(
        customer=invitation.customer,
        project=invitation.project,
        starts_at=form.cleaned_data["slot"],
        host=invitation.host,
        link=invitation.mark,
    )
    try:
        book_viewing(booking=booking, actor=None, now=timezone.now())
    except RefusedError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_safe
@permission_required("customers.plan_meetings", raise_exception=True)
@never_cache
def booking_link(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show a new link by which the customer books a viewing of their project."""
    customer = get_customer(request, customer_id)
    if customer.project is None:
        raise Http404
    token = token_for(customer, customer.project, host=current_user(request))
    address = reverse("customers:book-online", args=[token])
    context = {"customer": customer, "link": request.build_absolute_uri(address)}
    return render(request, "customers/journey/booking_link.html", context)
