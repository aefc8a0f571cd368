"""The interaction file of a purchase, the files that are open, who confirmed a factor (CUS-67)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from customers.journey import telling
from customers.journey.file import confirmations, file_lines, file_state, open_files
from customers.journey.forms import ConfirmForm, TellForm
from customers.journey.rules import percent
from customers.journey.tried import tried
from customers.models import AdverseFactor, Purchase
from customers.property.project_views import get_project
from customers.property.views import VIEW
from customers.purchase.filters import PurchaseFilter
from customers.purchase.rules import SELL
from customers.purchase.views import get_purchase

FORM = "customers/journey/form.html"
OPEN = Listing(
    template="customers/journey/files.html",
    sorts={"since": ("-state_since", "-id"), "begun": ("-begun_at", "-id")},
    default_sort="since",
    filter_class=PurchaseFilter,
)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A purchase in the list of open files."""

    purchase: Purchase
    done: int
    total: int
    percent: int


@require_safe
@permission_required(VIEW, raise_exception=True)
def file_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the files from the subscription on that are not complete (SVC-72)."""
    rows = Purchase.objects.visible_to(current_user(request))
    rows = rows.select_related("unit__building", "project", "customer", "consultant")
    found = open_files(rows, now=timezone.now())
    return list_page(request, queryset=found, listing=OPEN, present=_file_rows)


def _file_rows(rows: list[Any]) -> list[FileRow]:
    return [
        FileRow(row, row.file_done, row.file_total, percent(row.file_done, row.file_total))
        for row in rows
    ]


@require_safe
@permission_required(VIEW, raise_exception=True)
def file_detail(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show what the buyer must know: told by, on, confirmed how; and what is open."""
    purchase, now = get_purchase(request, purchase_id), timezone.now()
    context = {
        "purchase": purchase,
        "lines": file_lines(purchase, now=now),
        "state": file_state(purchase, now),
        "may_tell": current_user(request).has_perm(SELL),
    }
    return render_page(request, "customers/journey/file.html", context, partial="file")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SELL, raise_exception=True)
@idempotent()
def file_tell(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Write down what the buyer was told."""
    purchase, now = get_purchase(request, purchase_id), timezone.now()
    lines = file_lines(purchase, now=now)
    wanted = [line.key for line in lines if not line.is_told]
    form = TellForm(request.POST or None, lines=lines, initial={"keys": wanted})

    def save(valid: TellForm) -> str:
        user = current_user(request)
        tried(lambda: telling.tell(purchase=purchase, actor=user, now=now, **valid.cleaned_data))
        messages.success(request, _("Written down. The buyer's confirmation is next."))
        return _url(purchase)

    context = _context(purchase, _("What the buyer was told"))
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(SELL, raise_exception=True)
@idempotent()
def file_confirm(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Write down what the buyer confirmed; only what was told is offered."""
    purchase, now = get_purchase(request, purchase_id), timezone.now()
    lines = [
        line for line in file_lines(purchase, now=now) if line.is_told and not line.is_confirmed
    ]
    wanted = [line.key for line in lines]
    form = ConfirmForm(request.POST or None, lines=lines, initial={"keys": wanted})

    def save(valid: ConfirmForm) -> str:
        given: dict[str, Any] = {
            "keys": valid.cleaned_data["keys"],
            "confirmation": valid.confirmation(),
        }
        user = current_user(request)
        tried(lambda: telling.confirm(purchase=purchase, actor=user, now=now, **given))
        messages.success(request, _("The confirmation is written down."))
        return _url(purchase)

    context = _context(purchase, _("What the buyer confirmed"))
    if not lines:
        context["lead"] = _(
            "Nothing waits for a confirmation. Tell the buyer the open items first."
        )
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def factor_buyers(request: HtmxHttpRequest, project_id: int, factor_id: int) -> HttpResponse:
    """Show who confirmed an adverse factor and who still has to, of the customers one may see."""
    project = get_project(request, project_id)
    factor = AdverseFactor.objects.filter(project=project, pk=factor_id).first()
    if factor is None:
        raise Http404
    purchases = Purchase.objects.visible_to(current_user(request))
    context = {
        "project": project,
        "factor": factor,
        "rows": confirmations(factor, purchases),
    }
    return render(request, "customers/journey/factor.html", context)


def _url(purchase: Purchase) -> str:
    return reverse("customers:purchase-file", args=[purchase.pk])


def _context(purchase: Purchase, title: str) -> dict[str, Any]:
    return {"purchase": purchase, "title": title, "cancel_url": _url(purchase)}
