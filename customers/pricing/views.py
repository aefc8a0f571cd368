"""Price lists: the versions of a project, their prices, what they will do, submitting them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from customers.pricing.blast import blast_radius, what_followed
from customers.pricing.filters import PriceListFilter
from customers.pricing.forms import PriceListForm, RepriceForm
from customers.pricing.models import PriceList
from customers.pricing.rules import ListState
from customers.pricing.selectors import price_column, price_history
from customers.pricing.services import lists
from customers.pricing.shown import call_lines, group_lines
from customers.property.views import VIEW, get_unit

EDIT = "customers.edit_prices"
FLOOR = "customers.view_floor_price"
LISTS = Listing(
    template="customers/pricing/list.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=PriceListFilter,
)
PRICES = Listing(
    template="customers/pricing/price_list.html",
    sorts={"unit": ("unit__building__sort_key", "unit__building_id", "unit__number", "id")},
    default_sort="unit",
)
FORM = "customers/pricing/form.html"
RADIUS = "customers/pricing/radius.html"


def visible_lists(request: HtmxHttpRequest) -> Any:
    """Return the lists the user may see; who sees no floor prices sees the approved ones."""
    user = current_user(request)
    rows = PriceList.objects.visible_to(user).select_related("project", "author", "approval")
    return rows if user.has_perm(FLOOR) else rows.filter(state=ListState.APPROVED)


def get_list(request: HtmxHttpRequest, list_id: int) -> PriceList:
    """Return the price list; 404 where it is missing or not for this user's eyes."""
    found: PriceList | None = visible_lists(request).filter(pk=list_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def price_lists(request: HtmxHttpRequest) -> HttpResponse:
    """Show the versions of the price lists, newest first (MKT-45)."""
    context = {"may_edit": current_user(request).has_perm(EDIT)}
    return list_page(request, queryset=visible_lists(request), listing=LISTS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def price_list_add(request: HtmxHttpRequest) -> HttpResponse:
    """Begin a new version."""
    user = current_user(request)
    form = PriceListForm(request.POST or None, user=user)

    def save(valid: PriceListForm) -> str:
        made = _tried(
            lambda: lists.create_list(author=user, now=timezone.now(), **valid.cleaned_data)
        )
        return reverse("customers:price-list-detail", args=[made.pk])

    context = {
        "title": _("New price list"),
        "submit_label": _("Begin the draft"),
        "cancel_url": reverse("customers:price-lists"),
        "draft": "price-list",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def price_list_detail(request: HtmxHttpRequest, list_id: int) -> HttpResponse:
    """Show one version with its prices; the floor prices only to those who may see them."""
    found, user = get_list(request, list_id), current_user(request)
    at = found.effective_at or timezone.now()
    before = {"before": price_column("public_total", of="unit_id", at=at)}
    rows = found.prices.select_related("unit__building")
    if found.effective_at is None:
        rows = rows.annotate(**before)
    context = {
        "list": found,
        "may_edit": user.has_perm(EDIT) and found.state == ListState.DRAFT,
        "shows_floor": user.has_perm(FLOOR),
        "shows_radius": user.has_perm(FLOOR),
    }
    return list_page(request, queryset=rows, listing=PRICES, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(EDIT, raise_exception=True)
@idempotent()
def price_list_reprice(request: HtmxHttpRequest, list_id: int) -> HttpResponse:
    """Set, raise or lower the prices of a selection in a draft."""
    found, user = get_list(request, list_id), current_user(request)
    here = reverse("customers:price-list-detail", args=[found.pk])
    form = RepriceForm(request.POST or None, price_list=found)

    def save(valid: RepriceForm) -> str:
        number = _tried(
            lambda: lists.price_units(
                price_list=found,
                units=valid.selection(),
                how=valid.how(),
                actor=user,
                now=timezone.now(),
            )
        )
        messages.success(request, _("%(number)s units have new prices.") % {"number": number})
        return here

    context = {
        "title": _("Prices of %(list)s") % {"list": found},
        "submit_label": _("Write the prices"),
        "cancel_url": here,
        "draft": f"reprice-{found.pk}",
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(FLOOR, raise_exception=True)
def price_list_radius(request: HtmxHttpRequest, list_id: int) -> HttpResponse:
    """Show whom a list will hit: as it was submitted, or now for a draft (MKT-48, BEY-05)."""
    found, user, now = get_list(request, list_id), current_user(request), timezone.now()
    radius = found.radius or blast_radius(found, now=now)
    context = {
        "list": found,
        "radius": radius,
        "groups": group_lines(radius),
        "calls": call_lines(radius, user=user),
        "followed": what_followed(found, now=now),
        "may_submit": user.has_perm(EDIT) and found.state == ListState.DRAFT,
        "warns": radius["changes"] >= radius["restraint"],
    }
    return render(request, RADIUS, context)


@require_POST
@permission_required(EDIT, raise_exception=True)
@idempotent()
def price_list_submit(request: HtmxHttpRequest, list_id: int) -> HttpResponse:
    """Ask for the signatures, or throw the draft away."""
    found, user, now = get_list(request, list_id), current_user(request), timezone.now()
    if "drop" in request.POST:
        lists.drop_list(price_list=found, actor=user, now=now)
        messages.success(request, _("The draft is gone."))
        return go_to(request, reverse("customers:price-lists"))
    lists.submit_list(price_list=found, actor=user, now=now)
    messages.success(request, _("Submitted. The signers are told."))
    return go_to(request, reverse("customers:price-list-detail", args=[found.pk]))


@require_safe
@permission_required(VIEW, raise_exception=True)
def unit_prices(request: HtmxHttpRequest, unit_id: int) -> HttpResponse:
    """Show every approved price of a unit with its time (MKT-45)."""
    unit = get_unit(request, unit_id)
    context = {
        "unit": unit,
        "prices": price_history(unit),
        "shows_floor": current_user(request).has_perm(FLOOR),
        "now": timezone.now(),
    }
    return render(request, "customers/pricing/history.html", context)


def _tried(act: Any) -> Any:
    """Return what ``act`` returns; a refusal becomes an error of the form."""
    try:
        return act()
    except RefusedError as refusal:
        raise ValidationError(str(refusal)) from refusal
