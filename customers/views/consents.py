"""The tab of the record on consents and channels: give, withdraw, refuse, allow (PLT-06)."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, add_toast, go_to
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.contact_forms import ConsentForm, OptOutForm
from customers.models import Customer
from customers.record_tabs import render_tab
from customers.selectors.channels import suggested_channel
from customers.selectors.consents import consent_items, refused_channels
from customers.selectors.turns import turn_words
from customers.services.consents import opt_in, opt_out, record_consent
from customers.views.customer_record import get_customer

KEY = "consents"
TEMPLATE = "customers/tabs/consents.html"
RECORD = "customers.record_consent"
NO_TEXT = 0  # the version of no text: where a form names none, no consent is kept


@require_safe
@permission_required("customers.view_customer", raise_exception=True)
def consents_tab(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show what the customer agreed to, with the texts, the history and the refused channels."""
    return _tab(request, get_customer(request, customer_id))


@require_POST
@permission_required(RECORD, raise_exception=True)
@idempotent()
def consent_record(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Add one answer for one purpose; giving needs a tick, withdrawing one click and a channel.

    409 for a consent to a text that is no longer today's.
    """
    customer = get_customer(request, customer_id)
    form = ConsentForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            record_consent(
                customer=customer,
                purpose=data["purpose"],
                is_given=data["is_given"],
                channel=data["channel"],
                proof=data["proof"] if data["is_given"] else "",  # the form of it asks for none
                shown_version=data["text_version"] or NO_TEXT,
                actor=current_user(request),
                now=timezone.now(),
            )
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        return _tab(request, customer, form=form, status=422)
    said = _("Consent kept.") if form.cleaned_data["is_given"] else _("Withdrawal kept.")
    return _done(request, customer, said)


@require_POST
@permission_required(RECORD, raise_exception=True)
@idempotent()
def channel_refusal(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Note that the customer refuses a channel, or allows it again (CUS-47)."""
    customer = get_customer(request, customer_id)
    form = OptOutForm(request.POST)
    if not form.is_valid():
        return _tab(request, customer, form=form, status=422)
    change = opt_out if form.cleaned_data["is_refused"] else opt_in
    change(
        customer=customer,
        channel=form.cleaned_data["channel"],
        actor=current_user(request),
        now=timezone.now(),
    )
    return _done(request, customer, _("The channels are changed."))


def _done(request: HtmxHttpRequest, customer: Customer, said: str) -> HttpResponse:
    if not request.htmx:
        return go_to(request, f"/customers/{customer.pk}/consents/")
    response = _tab(request, customer)
    add_toast(response, said)
    return response


def _tab(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    form: ConsentForm | OptOutForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    context = {
        "items": consent_items(customer, now=now),
        "form": form,
        "asked": form.data.get("purpose", "") if form else "",
        "consent_form": ConsentForm(auto_id=False),
        "channels": refused_channels(customer),
        "suggested": suggested_channel(customer, now=now),
        "turn": turn_words(customer, now=now),
        "may_record": request.user.has_perm(RECORD),
    }
    return render_tab(request, customer, key=KEY, template=TEMPLATE, context=context, status=status)
