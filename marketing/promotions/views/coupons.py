"""Coupons: issues, handing out, and what a customer can use."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from customers.models import Customer
from marketing.promotions.filters import IssueFilter
from marketing.promotions.forms import HandOutForm, IssueForm
from marketing.promotions.hooks import members_of
from marketing.promotions.models import Coupon, CouponIssue
from marketing.promotions.querysets import KEEP, VIEW
from marketing.promotions.selectors import with_counts
from marketing.promotions.services import coupons

FORM = "marketing/promotions/form.html"
LISTING = Listing(
    template="marketing/promotions/issues.html",
    sorts={"latest": ("-valid_until", "-pk")},
    default_sort="latest",
    filter_class=IssueFilter,
)


def get_issue(request: HtmxHttpRequest, coupon_issue_id: int) -> CouponIssue:
    """Return the issue with its counts; 404 where its project is out of scope."""
    rows = with_counts(CouponIssue.objects.visible_to(current_user(request)))
    found: CouponIssue | None = rows.filter(pk=coupon_issue_id).first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def issue_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the issues of coupons with how many were handed out and used."""
    user = current_user(request)
    rows = with_counts(CouponIssue.objects.visible_to(user))
    context = {"may_keep": user.has_perm(KEEP), "now": timezone.now()}
    return list_page(request, queryset=rows, listing=LISTING, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def issue_add(request: HtmxHttpRequest) -> HttpResponse:
    """Make an issue; its coupons are handed out afterwards."""
    user = current_user(request)
    form = IssueForm(request.POST or None, user=user)

    def save(valid: IssueForm) -> str:
        issue = coupons.save_issue(issue=valid.instance, actor=user, now=timezone.now())
        return reverse("marketing:coupon-issue", args=[issue.pk])

    context = {"title": _("New coupons"), "cancel_url": reverse("marketing:coupon-issues")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def issue_detail(request: HtmxHttpRequest, coupon_issue_id: int) -> HttpResponse:
    """Show an issue, its figures and the latest coupons among the customers one sees."""
    issue, user = get_issue(request, coupon_issue_id), current_user(request)
    rows = Coupon.objects.visible_to(user).filter(issue=issue)
    rows = rows.select_related("customer", "purchase__unit__building", "discount", "used_by")
    context = {
        "issue": issue,
        "coupons": rows.order_by("-used_at", "-pk")[:100],
        "may_keep": user.has_perm(KEEP),
        "now": timezone.now(),
    }
    return render(request, "marketing/promotions/issue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def issue_hand_out(request: HtmxHttpRequest, coupon_issue_id: int) -> HttpResponse:
    """Hand coupons out to a segment or to one person."""
    issue, user = get_issue(request, coupon_issue_id), current_user(request)
    here = reverse("marketing:coupon-issue", args=[issue.pk])
    form = HandOutForm(request.POST if request.method == "POST" else None, user=user)

    def save(valid: HandOutForm) -> str:
        now = timezone.now()
        people = _people(valid.cleaned_data, user)
        count = coupons.hand_out(issue=issue, customers=people, actor=user, now=now)
        words = ngettext("%(n)s coupon handed out.", "%(n)s coupons handed out.", count)
        messages.success(request, words % {"n": count})
        return here

    context = {
        "title": _("Hand out %(name)s") % {"name": issue.name},
        "submit_label": _("Hand out"),
        "cancel_url": here,
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def coupon_void(request: HtmxHttpRequest, coupon_issue_id: int, coupon_id: int) -> HttpResponse:
    """Take a coupon back that its customer has not used."""
    issue, user = get_issue(request, coupon_issue_id), current_user(request)
    coupon = Coupon.objects.visible_to(user).filter(issue=issue, pk=coupon_id).first()
    if coupon is None:
        raise Http404
    coupons.void_coupon(coupon=coupon, actor=user, now=timezone.now())
    messages.success(request, _("The coupon is taken back."))
    return go_to(request, reverse("marketing:coupon-issue", args=[issue.pk]))


def _people(data: dict[str, Any], user: Any) -> Any:
    if data.get("customer"):
        return Customer.objects.visible_to(user).filter(pk=data["customer"])
    found = members_of(user, int(data["segment"]))
    if found is None:
        raise ValidationError({"segment": _("There is no such segment.")})
    return found
