"""Channels and campaigns side by side under every model, and the contracts behind them."""

from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.db.models import Count, Sum
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from crm_site.audit.services import record
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User
from customers.data_categories import where_sensitive_seen
from customers.models import Customer, Project
from customers.purchase.models import Purchase
from marketing.attribution import choices, selectors
from marketing.attribution.asked import Asked, read
from marketing.attribution.exports import EXPORTED, as_csv, as_xlsx
from marketing.attribution.mixes import chart_of
from marketing.attribution.paths import path_of
from marketing.attribution.policies import attribution_rules
from marketing.attribution.querysets import VIEW

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS: Final = {"csv": ("text/csv; charset=utf-8", as_csv), "xlsx": (XLSX, as_xlsx)}
CONTRACTS = Listing(
    template="marketing/attribution/contracts.html",
    sorts={"month": ("-month", "-id"), "amount": ("-amount", "-id")},
    default_sort="month",
)


def _asked(request: HtmxHttpRequest, user: User) -> tuple[Asked, list[tuple[int, str]]]:
    offered = list(Project.objects.visible_to(user).order_by("code").values_list("pk", "name"))
    keys = [key for key, _name in offered]
    headline = attribution_rules(timezone.now()).value.headline
    asked = read(request.GET, today=timezone.localdate(), projects=keys, model=headline)
    return asked, offered


@require_safe
@permission_required(VIEW, raise_exception=True)
def attribution_table(request: HtmxHttpRequest) -> HttpResponse:
    """Show what each channel or campaign got of the money received, model by model (MKT-74)."""
    user = current_user(request)
    asked, offered = _asked(request, user)
    table = selectors.table_of(asked, user=user, now=timezone.now())
    context = {
        "asked": asked,
        "table": table,
        "chart": chart_of(table.lines),
        "arrivals": selectors.arrivals_of(asked, user=user),
        "projects": offered,
        "models": [(key, label, asked.query(model=key)) for key, label in choices.MODELS],
        "ways": [("channel", _("By channel")), ("campaign", _("By campaign"))],
    }
    return render(request, "marketing/attribution/table.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def attribution_csv(request: HtmxHttpRequest) -> HttpResponse:
    """Hand out the table as CSV; the hand-out is written to the audit trail."""
    return _file(request, "csv")


@require_safe
@permission_required(VIEW, raise_exception=True)
def attribution_xlsx(request: HtmxHttpRequest) -> HttpResponse:
    """Hand out the table as a workbook; the hand-out is written to the audit trail."""
    return _file(request, "xlsx")


def _file(request: HtmxHttpRequest, way: str) -> HttpResponse:
    user, now = current_user(request), timezone.now()
    asked, _offered = _asked(request, user)
    table = selectors.table_of(asked, user=user, now=now)
    kind, write = FORMATS[way]
    mark = f"{user.name} {timezone.localtime(now):%Y-%m-%d %H:%M}"
    content = write(table, asked, mark=mark)
    facts = {"model": asked.model.value, "format": way, "lines": len(table.lines)}
    record(kind=EXPORTED, actor=user, now=now, facts=facts)
    name = f"attribution-{timezone.localdate(now):%Y%m%d}.{way}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@require_safe
@permission_required(VIEW, raise_exception=True)
def attribution_contracts(request: HtmxHttpRequest) -> HttpResponse:
    """Show the contracts behind a figure; they add up to it."""
    user = current_user(request)
    asked, _offered = _asked(request, user)
    code = request.GET.get("code", "")
    if "\x00" in code:
        raise Http404
    rows = selectors.behind(asked, code, user=user)
    context = {
        "asked": asked,
        "code": code,
        "label": selectors.label_of(asked.by, code),
        "whole": rows.order_by().aggregate(
            yuan=Sum("amount", default=Decimal(0)), number=Count("purchase", distinct=True)
        ),
    }
    related = ("purchase__customer", "purchase__project", "purchase__unit__building")
    return list_page(
        request,
        queryset=rows.select_related(*related),
        listing=CONTRACTS,
        present=lambda page: _with_money(page, user),
        context=context,
    )


def _with_money(page: list[Any], user: User) -> list[tuple[Any, bool]]:
    """Return each share with whether the person may see what the customer paid."""
    keys = {row.purchase.customer_id for row in page}
    seen = where_sensitive_seen(Customer.objects.filter(pk__in=keys), user)
    shown = set(seen.values_list("pk", flat=True)) if keys else set()
    return [(row, row.purchase.customer_id in shown) for row in page]


@require_safe
@permission_required(VIEW, raise_exception=True)
def purchase_attribution(request: HtmxHttpRequest, purchase_id: int) -> HttpResponse:
    """Show the touches before a contract and its shares under each model."""
    user = current_user(request)
    rows = Purchase.objects.visible_to(user).filter(signed_at__isnull=False)
    purchase = (
        rows.select_related("customer", "project", "unit__building").filter(pk=purchase_id).first()
    )
    if purchase is None:
        raise Http404
    context = {"purchase": purchase, "path": path_of(purchase, user=user, now=timezone.now())}
    return render(request, "marketing/attribution/purchase.html", context)
