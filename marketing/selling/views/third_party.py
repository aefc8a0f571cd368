"""The tab of results of third parties on a customer's record (CUS-38)."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.staff.current import current_user
from customers.data_categories import may_see_sensitive
from customers.models import Customer
from customers.record_tabs import render_tab
from marketing.selling.check_forms import ThirdPartyForm
from marketing.selling.customer_models import ThirdPartyResult
from marketing.selling.pages import found_in, short_form, working
from marketing.selling.querysets import BRING
from marketing.selling.services import third_party as services


@require_safe
@permission_required(BRING, raise_exception=True)
def third_party_tab(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show what third parties said, and whether anything may be taken in now."""
    user, customer = current_user(request), get_customer(request, customer_id)
    code = services.why_not(customer, timezone.now())
    rows = ThirdPartyResult.objects.visible_to(user).filter(customer=customer)
    context = {
        "results": rows.select_related("by", "consent").order_by("-obtained_on", "-pk")[:50],
        "why_not": services.words_of(code) if code else "",
        "may_bring": may_see_sensitive(user, customer),
    }
    return render_tab(
        request,
        customer,
        key="third-party",
        template="marketing/selling/_third_party.html",
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(BRING, raise_exception=True)
@idempotent()
def third_party_add(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Bring a result in; refused and audited without a valid consent."""
    customer = get_customer(request, customer_id)

    def run(data: dict[str, Any]) -> None:
        services.bring_result(
            customer=customer, draft=services.ResultDraft(**data), **working(request)
        )

    return short_form(
        request,
        form=ThirdPartyForm(request.POST or None),
        run=run,
        title=_("Result of a third party"),
        back=reverse("marketing:third-party", args=[customer.pk]),
    )


@require_POST
@permission_required(BRING, raise_exception=True)
@idempotent()
def third_party_drop(
    request: HtmxHttpRequest, customer_id: int, third_party_id: int
) -> HttpResponse:
    """Delete a result before its time."""
    customer = get_customer(request, customer_id)
    row = found_in(ThirdPartyResult.objects, request, third_party_id, "customer")
    if row.customer_id != customer.pk:
        raise Http404
    services.drop_result(result=row, **working(request))
    messages.success(request, _("The result is deleted."))
    return go_to(request, reverse("marketing:third-party", args=[customer.pk]))


def get_customer(request: HtmxHttpRequest, key: int) -> Customer:
    """Return the customer; 404 where it is missing or not for the asker's eyes."""
    found: Customer = found_in(Customer.objects, request, key)
    return found
