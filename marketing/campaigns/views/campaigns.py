"""Campaigns: the list, the page, writing and changing them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from marketing.campaigns.filters import CampaignFilter
from marketing.campaigns.forms import CampaignForm, MixForm
from marketing.campaigns.models import Campaign
from marketing.campaigns.page import campaign_page, list_lines
from marketing.campaigns.querysets import KEEP, SEE_MONEY, VIEW
from marketing.campaigns.services.planning import add_campaign, change_campaign, set_channels
from marketing.campaigns.views.common import FORM, get_campaign

LISTING = Listing(
    template="marketing/campaigns/list.html",
    sorts={
        "start": ("-starts_on", "-id"),
        "end": ("ends_on", "id"),
        "budget": ("-budget", "-id"),
    },
    default_sort="start",
    filter_class=CampaignFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def campaigns(request: HtmxHttpRequest) -> HttpResponse:
    """Show the campaigns with what they were to bring and what they brought."""
    user, now = current_user(request), timezone.now()
    rows = Campaign.objects.visible_to(user).select_related("project", "region", "owner")
    late = Campaign.objects.visible_to(user).awaiting_review(today=timezone.localdate(now))
    context = {
        "may_keep": user.has_perm(KEEP),
        "may_see_money": user.has_perm(SEE_MONEY),
        "late": late.count(),
    }
    return list_page(
        request,
        queryset=rows,
        listing=LISTING,
        present=lambda found: list_lines(found, now=now),
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write a campaign as a draft."""
    user = current_user(request)
    form = CampaignForm(request.POST or None, user=user)

    def save(valid: CampaignForm) -> str:
        row = add_campaign(draft=valid.draft(), actor=user, now=timezone.now())
        messages.success(request, _("The campaign is written down as a draft."))
        return row.get_absolute_url()

    context = {"title": _("New campaign"), "cancel_url": reverse("marketing:campaigns")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def campaign(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Show a campaign: its way, its checks, plan against what happened, publicity, the loop."""
    row = get_campaign(request, campaign_id)
    context = campaign_page(row, user=current_user(request), now=timezone.now())
    return render(request, "marketing/campaigns/campaign.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_edit(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Change a draft."""
    row, user = get_campaign(request, campaign_id), current_user(request)

    def form(data: Any) -> BaseForm:
        return CampaignForm(data, user=user, campaign=get_campaign(request, row.pk))

    def save(valid: CampaignForm) -> str:
        change_campaign(campaign=row, draft=valid.draft(), actor=user, now=timezone.now())
        return row.get_absolute_url()

    context = {"title": row.name, "cancel_url": row.get_absolute_url()}
    return edit_page(
        request, edit=edit_of(row, user), form=form, template=FORM, save=save, context=context
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def campaign_mix(request: HtmxHttpRequest, campaign_id: int) -> HttpResponse:
    """Set the channel mix of a draft."""
    row, user = get_campaign(request, campaign_id), current_user(request)

    form = MixForm(request.POST if request.method == "POST" else None, campaign=row)

    def save(valid: MixForm) -> str:
        was = valid.cleaned_data["was"] if "was" in valid.data else None
        now = timezone.now()
        set_channels(campaign=row, shares=valid.shares(), actor=user, now=now, was=was)
        return row.get_absolute_url()

    title = _("Channel mix: %(name)s") % {"name": row.name}
    context = {"title": title, "cancel_url": row.get_absolute_url()}
    return form_page(request, form=form, template=FORM, save=save, context=context)
