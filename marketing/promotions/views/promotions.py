"""Promotions: the list, the page, writing, signing, stopping, reviewing."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from marketing.promotions.errors import PromotionError
from marketing.promotions.filters import PromotionFilter
from marketing.promotions.forms import FindingsForm, PromotionForm, StopForm
from marketing.promotions.models import Promotion
from marketing.promotions.querysets import KEEP, VIEW
from marketing.promotions.selectors import uplift_of
from marketing.promotions.services import writing

FORM = "marketing/promotions/form.html"
LISTING = Listing(
    template="marketing/promotions/list.html",
    sorts={"latest": ("-starts_at", "-pk"), "end": ("ends_at", "pk")},
    default_sort="latest",
    filter_class=PromotionFilter,
)


def get_promotion(request: HtmxHttpRequest, promotion_id: int) -> Promotion:
    """Return the promotion; 404 where it is missing or its project is out of scope."""
    rows = Promotion.objects.visible_to(current_user(request))
    rows = rows.select_related("project", "owner", "approval").prefetch_related("buildings")
    found: Promotion | None = rows.filter(pk=promotion_id).first()
    if found is None:
        raise Http404
    return found


def page_of(promotion: Promotion) -> str:
    """Return the address of a promotion."""
    return reverse("marketing:promotion", args=[promotion.pk])


@require_safe
@permission_required(VIEW, raise_exception=True)
def promotion_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the promotions of one's projects."""
    user = current_user(request)
    rows = Promotion.objects.visible_to(user).select_related("project")
    context = {"may_keep": user.has_perm(KEEP), "now": timezone.now()}
    return list_page(request, queryset=rows, listing=LISTING, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def promotion_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a promotion as a draft."""
    user = current_user(request)
    form = PromotionForm(request.POST or None, user=user)

    def save(valid: PromotionForm) -> str:
        valid.instance.owner = user
        return page_of(_written(valid, user))

    context = {"title": _("New promotion"), "cancel_url": reverse("marketing:promotions")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _written(valid: PromotionForm, user: Any) -> Promotion:
    buildings = list(valid.cleaned_data["buildings"])
    return writing.write_promotion(
        promotion=valid.instance, buildings=buildings, actor=user, now=timezone.now()
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def promotion(request: HtmxHttpRequest, promotion_id: int) -> HttpResponse:
    """Show a promotion with its sheet, its uses, its review and its history."""
    row, user, now = get_promotion(request, promotion_id), current_user(request), timezone.now()
    uses = row.uses.select_related("customer", "unit__building", "discount").order_by("-pk")
    seen = user.has_perm("customers.view_customer")
    context = {
        "promotion": row,
        "uses": uses[:50] if seen else [],
        "uplift": uplift_of(row),
        "events": row.events.select_related("actor").order_by("-at", "-pk"),
        "may_keep": user.has_perm(KEEP),
        "is_draft": row.state in ("draft", "refused"),
        "may_review": row.state in ("approved", "stopped")
        and min(row.ends_at, row.stopped_at or row.ends_at) <= now,
        "now": now,
    }
    return render(request, "marketing/promotions/promotion.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def promotion_edit(request: HtmxHttpRequest, promotion_id: int) -> HttpResponse:
    """Change a draft."""
    row, user = get_promotion(request, promotion_id), current_user(request)
    if row.state not in ("draft", "refused"):
        raise PromotionError(_("Only a draft can be changed. Withdraw the approval first."))

    def form(data: Any) -> BaseForm:
        return PromotionForm(data, instance=get_promotion(request, row.pk), user=user)

    context = {"title": row.name, "cancel_url": page_of(row)}
    return edit_page(
        request,
        edit=edit_of(row, user),
        form=form,
        template=FORM,
        save=lambda valid: page_of(_written(valid, user)),
        context=context,
    )


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def promotion_submit(request: HtmxHttpRequest, promotion_id: int) -> HttpResponse:
    """Ask for the signatures."""
    row = get_promotion(request, promotion_id)
    writing.submit_promotion(promotion=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("Sent for approval."))
    return go_to(request, page_of(row))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def promotion_stop(request: HtmxHttpRequest, promotion_id: int) -> HttpResponse:
    """End an approved promotion early."""
    row, user = get_promotion(request, promotion_id), current_user(request)

    def save(valid: StopForm) -> str:
        reason = valid.cleaned_data["reason"]
        writing.stop_promotion(promotion=row, reason=reason, actor=user, now=timezone.now())
        return page_of(row)

    context = {
        "title": _("Stop %(name)s") % {"name": row.name},
        "submit_label": _("Stop it"),
        "cancel_url": page_of(row),
    }
    form = StopForm(request.POST if request.method == "POST" else None)
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def promotion_review(request: HtmxHttpRequest, promotion_id: int) -> HttpResponse:
    """Review a promotion: the deals are counted, the findings written."""
    row, user = get_promotion(request, promotion_id), current_user(request)

    def save(valid: FindingsForm) -> str:
        findings = valid.cleaned_data["findings"]
        writing.review_promotion(promotion=row, findings=findings, actor=user, now=timezone.now())
        return page_of(row)

    context = {
        "title": _("Review of %(name)s") % {"name": row.name},
        "submit_label": _("Count and keep"),
        "cancel_url": page_of(row),
    }
    form = FindingsForm(request.POST if request.method == "POST" else None)
    return form_page(request, form=form, template=FORM, save=save, context=context)
