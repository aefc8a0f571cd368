"""Accounts in new media: posts and daily metrics (MKT-31, MKT-32)."""

import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from marketing.channels import choices
from marketing.channels.figures import metric_sums, rates_of
from marketing.channels.forms import AccountForm, PostForm
from marketing.channels.models import MediaAccount
from marketing.channels.querysets import KEEP, VIEW
from marketing.channels.services.keeping import add_account, add_post
from marketing.channels.views.common import FORM, found_or_404


class AccountFilter(filters.FilterSet):
    """By platform."""

    platform = filters.MultipleChoiceFilter(
        label=gettext_lazy("Platform"), choices=choices.PLATFORM_WORDS
    )

    class Meta:
        model = MediaAccount
        fields = ["platform"]


LISTING = Listing(
    template="marketing/channels/accounts.html",
    sorts={"platform": ("platform", "handle", "id")},
    default_sort="platform",
    filter_class=AccountFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def media_accounts(request: HtmxHttpRequest) -> HttpResponse:
    """Show the accounts of the company by platform."""
    user = current_user(request)
    rows = MediaAccount.objects.visible_to(user).select_related("channel", "project", "owner")
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=LISTING, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def media_account_add(request: HtmxHttpRequest) -> HttpResponse:
    """Enter an account."""
    form = AccountForm(request.POST or None, user=current_user(request))

    def save(valid: AccountForm) -> str:
        return add_account(valid.cleaned_data).get_absolute_url()

    context = {"title": _("New account"), "cancel_url": reverse("marketing:media-accounts")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _account(request: HtmxHttpRequest, key: int) -> MediaAccount:
    rows = MediaAccount.objects.visible_to(current_user(request))
    found: MediaAccount = found_or_404(rows.select_related("channel", "project", "owner"), key)
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def media_account(request: HtmxHttpRequest, media_account_id: int) -> HttpResponse:
    """Show an account: posts, each day's figures, click rate and cost per lead."""
    row = _account(request, media_account_id)
    since = timezone.localdate() - dt.timedelta(days=30)
    days = list(row.metrics.order_by("-on")[:31])
    context: dict[str, Any] = {
        "account": row,
        "posts": row.posts.order_by("-on", "-pk")[:50],
        "days": [{"day": day, "rates": rates_of(vars(day))} for day in days],
        "sums": metric_sums(row.metrics.filter(on__gte=since)),
        "may_keep": current_user(request).has_perm(KEEP),
    }
    return render(request, "marketing/channels/account.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def media_post_add(request: HtmxHttpRequest, media_account_id: int) -> HttpResponse:
    """Enter a post, or the later figures of one."""
    row = _account(request, media_account_id)
    form = PostForm(request.POST or None)

    def save(valid: PostForm) -> str:
        add_post(row, valid.cleaned_data)
        return row.get_absolute_url()

    context = {"title": _("Post: %(name)s") % {"name": row}, "cancel_url": row.get_absolute_url()}
    return form_page(request, form=form, template=FORM, save=save, context=context)
