"""Comparison sheets handed to customers: the tab of the record, and the log."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.documents.models import Document
from crm_site.staff.current import current_user
from customers.models import Customer
from customers.record_tabs import render_tab
from customers.views.customer_record import get_customer
from marketing.planning.forms import SendForm
from marketing.planning.models import SheetSending
from marketing.planning.papers import SHEET
from marketing.planning.querysets import SEND, VIEW
from marketing.planning.services.sheets import send_sheet

TAB = "sheets"
SENDINGS = Listing(
    template="marketing/planning/sendings.html",
    sorts={"latest": ("-sent_at", "-pk")},
    default_sort="latest",
)


def sheets_for(user: Any) -> Any:
    """Return the comparison sheets ``user`` may read, of which one version is in force today."""
    rows = Document.objects.visible_to(user).filter(kind=SHEET)
    return rows.in_force(timezone.localdate()).order_by("title", "pk")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SEND, raise_exception=True)
@idempotent()
def customer_sheets(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Show which sheets a customer got, and hand one over."""
    customer, user = get_customer(request, customer_id), current_user(request)
    if request.method != "POST":
        return _tab(request, customer)
    documents = Document.objects.visible_to(user).filter(kind=SHEET)
    form = SendForm(request.POST, sheets=documents)
    if not form.is_valid():
        return _tab(request, customer, form=form, status=422)
    send_sheet(
        document=form.cleaned_data["sheet"],
        customer=customer,
        channel=form.cleaned_data["channel"],
        actor=user,
        now=timezone.now(),
    )
    messages.success(request, _("Handed over and logged on the record."))
    return go_to(request, reverse("marketing:customer-sheets", args=[customer.pk]))


def _tab(
    request: HtmxHttpRequest,
    customer: Customer,
    *,
    form: SendForm | None = None,
    status: int = 200,
) -> HttpResponse:
    sheets = sheets_for(current_user(request))
    rows = SheetSending.objects.filter(customer=customer)
    context = {
        "form": form or SendForm(sheets=sheets),
        "has_sheets": sheets.exists(),
        "sendings": rows.select_related("version__document", "sent_by").order_by("-sent_at")[:50],
    }
    template = "marketing/planning/_sheets.html"
    return render_tab(request, customer, key=TAB, template=template, context=context, status=status)


@require_safe
@permission_required(VIEW, raise_exception=True)
def sheet_sendings(request: HtmxHttpRequest) -> HttpResponse:
    """Show which sheet went to which customer, the latest first."""
    rows = SheetSending.objects.visible_to(current_user(request))
    rows = rows.select_related("customer", "version__document", "sent_by")
    return list_page(request, queryset=rows, listing=SENDINGS)
