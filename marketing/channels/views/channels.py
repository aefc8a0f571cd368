"""Channels, the scorecard, codes for leads, and leads as they came in."""

import datetime as dt
from typing import Any

import django_filters as filters
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from customers.models import Customer
from customers.vocabulary import labels
from marketing.channels import choices
from marketing.channels.figures import Period, channel_figures, metric_sums
from marketing.channels.forms import ChannelForm, CodeForm
from marketing.channels.models import Channel, ChannelAppraisal, LeadCode, LeadIntake
from marketing.channels.querysets import KEEP, VIEW
from marketing.channels.risks import RISKS
from marketing.channels.rules.scorecard import Figures, quarter_after, quarter_before
from marketing.channels.services.appraising import dependence, scorecard
from marketing.channels.services.keeping import make_code, save_channel, switch_code
from marketing.channels.views.common import FORM, code_url, found_or_404, qr_picture, quarter_asked


class ChannelFilter(filters.FilterSet):
    """By type and use."""

    type = filters.MultipleChoiceFilter(label=gettext_lazy("Type"), choices=choices.CHANNEL_TYPES)

    class Meta:
        model = Channel
        fields = ["type"]


def _codes_of(request: Any) -> Any:
    return LeadCode.objects.visible_to(current_user(request)).order_by("label", "pk")


class IntakeFilter(filters.FilterSet):
    """By way, flag and the code that was opened."""

    way = filters.MultipleChoiceFilter(label=gettext_lazy("Way"), choices=choices.WAYS)
    flag = filters.MultipleChoiceFilter(label=gettext_lazy("Remark"), choices=choices.FLAGS)
    code = filters.ModelChoiceFilter(label=gettext_lazy("Code"), queryset=_codes_of)

    class Meta:
        model = LeadIntake
        fields = ["way", "flag", "code"]


CHANNELS = Listing(
    template="marketing/channels/list.html",
    sorts={"name": ("name", "id")},
    default_sort="name",
    filter_class=ChannelFilter,
)
CODES = Listing(
    template="marketing/channels/codes.html", sorts={"latest": ("-id",)}, default_sort="latest"
)
INTAKES = Listing(
    template="marketing/channels/intakes.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
    filter_class=IntakeFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def channels(request: HtmxHttpRequest) -> HttpResponse:
    """Show the channels by type with what they brought this quarter (MKT-66)."""
    user, now = current_user(request), timezone.now()
    first = quarter_asked(request)

    def present(rows: list[Any]) -> list[Any]:
        found = channel_figures(Period(first, quarter_after(first)), now=now)
        return [{"channel": row, "figures": found.get(row.code, Figures())} for row in rows]

    context = {"may_keep": user.has_perm(KEEP), "quarter": first}
    rows = Channel.objects.visible_to(user).select_related("owner")
    return list_page(request, queryset=rows, listing=CHANNELS, present=present, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def channel_add(request: HtmxHttpRequest) -> HttpResponse:
    """Set up a channel for a source of leads."""
    user = current_user(request)
    form = ChannelForm(request.POST or None, user=user)

    def save(valid: ChannelForm) -> str:
        data = valid.cleaned_data
        row = save_channel(channel=None, values=data, actor=user, now=timezone.now())
        return row.get_absolute_url()

    context = {"title": _("New channel"), "cancel_url": reverse("marketing:channels")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def channel(request: HtmxHttpRequest, channel_id: int) -> HttpResponse:
    """Show a channel: its strategy, its grades, its daily metrics with click rate and CPL."""
    user = current_user(request)
    row = found_or_404(Channel.objects.visible_to(user).select_related("owner"), channel_id)
    since = timezone.localdate() - dt.timedelta(days=30)
    context = {
        "channel": row,
        "may_keep": user.has_perm(KEEP),
        "sums": metric_sums(row.metrics.filter(on__gte=since)),
        "days": row.metrics.select_related("account").order_by("-on", "-pk")[:31],
        "grades": row.appraisals.order_by("-quarter")[:8],
        "partners": row.partners.order_by("name")[:50],
        "accounts": row.accounts.order_by("platform", "handle")[:50],
    }
    return render(request, "marketing/channels/channel.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def channel_edit(request: HtmxHttpRequest, channel_id: int) -> HttpResponse:
    """Change a channel; its source stays."""
    user = current_user(request)
    row = found_or_404(Channel.objects.visible_to(user), channel_id)

    def form(data: Any) -> BaseForm:
        return ChannelForm(data, user=user, channel=Channel.objects.get(pk=row.pk))

    def save(valid: ChannelForm) -> str:
        save_channel(channel=row, values=valid.cleaned_data, actor=user, now=timezone.now())
        return str(row.get_absolute_url())

    context = {"title": row.name, "cancel_url": row.get_absolute_url()}
    return edit_page(
        request, edit=edit_of(row, user), form=form, template=FORM, save=save, context=context
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def channel_scorecard(request: HtmxHttpRequest) -> HttpResponse:
    """Show channels and partners of a quarter from best to worst, with advice (MKT-69)."""
    first, now = quarter_asked(request), timezone.now()
    of_channels, of_partners = scorecard(first, now=now)
    found = dependence(now=now)
    names = {line.subject.code: line.subject.name for line in of_channels}
    context = {
        "quarter": first,
        "before": quarter_before(first),
        "after": quarter_after(first),
        "channels": of_channels,
        "partners": of_partners,
        "risks": RISKS,
        "frozen": ChannelAppraisal.objects.filter(quarter=first).exists(),
        "dependence": found and {"name": names.get(found[0], found[0]), "share": found[1]},
    }
    return render(request, "marketing/channels/scorecard.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def lead_codes(request: HtmxHttpRequest) -> HttpResponse:
    """Show the codes for leads."""
    user = current_user(request)
    rows = LeadCode.objects.visible_to(user).select_related("channel", "project", "partner")
    context = {"may_keep": user.has_perm(KEEP)}
    return list_page(request, queryset=rows, listing=CODES, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(KEEP, raise_exception=True)
@idempotent()
def lead_code_add(request: HtmxHttpRequest) -> HttpResponse:
    """Make a code for an advert, a stand or a partner."""
    user = current_user(request)
    form = CodeForm(request.POST or None, user=user)

    def save(valid: CodeForm) -> str:
        row = make_code(values=valid.cleaned_data, actor=user, now=timezone.now())
        return reverse("marketing:lead-code", args=[row.pk])

    context = {"title": _("New code"), "cancel_url": reverse("marketing:lead-codes")}
    return form_page(request, form=form, template=FORM, save=save, context=context)


def _code(request: HtmxHttpRequest, key: int) -> LeadCode:
    rows = LeadCode.objects.visible_to(current_user(request))
    found: LeadCode = found_or_404(rows.select_related("channel", "project", "partner"), key)
    return found


@require_safe
@permission_required(VIEW, raise_exception=True)
def lead_code(request: HtmxHttpRequest, lead_code_id: int) -> HttpResponse:
    """Show a code with its QR picture, its address and how many leads it brought."""
    row = _code(request, lead_code_id)
    url = code_url(request, row)
    context = {
        "code": row,
        "url": url,
        "picture": qr_picture(url),
        "leads": row.intakes.count(),
        "may_keep": current_user(request).has_perm(KEEP),
    }
    return render(request, "marketing/channels/code.html", context)


@require_POST
@permission_required(KEEP, raise_exception=True)
@idempotent()
def lead_code_switch(request: HtmxHttpRequest, lead_code_id: int) -> HttpResponse:
    """Take a code out of use, or into use again."""
    row = _code(request, lead_code_id)
    row = switch_code(code=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("In use again.") if row.is_active else _("Taken out of use."))
    return go_to(request, reverse("marketing:lead-code", args=[row.pk]))


@require_safe
@permission_required(VIEW, raise_exception=True)
def lead_intakes(request: HtmxHttpRequest) -> HttpResponse:
    """Show leads as they came in, with the claims they ran into."""
    rows = LeadIntake.objects.visible_to(current_user(request))
    rows = rows.select_related("customer", "project", "partner", "lead", "code")
    words, user = labels("source"), current_user(request)

    def present(found: list[Any]) -> list[Any]:
        keys = [row.customer_id for row in found]
        seen = set(
            Customer.objects.visible_to(user).filter(pk__in=keys).values_list("pk", flat=True)
        )
        return [
            {
                "intake": row,
                "channel": words.get(row.channel_code, row.channel_code),
                "sees_customer": row.customer_id in seen,
            }
            for row in found
        ]

    return list_page(request, queryset=rows, listing=INTAKES, present=present)
