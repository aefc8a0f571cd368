"""Dashboards sent on schedule: asking for one, what was sent, stopping."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.dashboards.boards import BY_KEY, VIEW
from analytics.dashboards.models import WEEKDAYS, DashboardSending, DashboardSubscription
from analytics.dashboards.questions import (
    NoBoardError,
    NoPlaceError,
    question_of,
)
from analytics.dashboards.rules.periods import PeriodRule
from analytics.dashboards.services.sending import subscribe, unsubscribe
from analytics.dashboards.views import asked_by
from analytics.dashboards.words import frame
from crm_site.common.files import hand_out
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user

SENDINGS = Listing(
    template="analytics/dashboards/sendings.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)
HOURS = [(hour, f"{hour:02d}:00") for hour in range(24)]


class SendForm(forms.Form):
    """When a dashboard is to be sent."""

    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Day"), choices=WEEKDAYS, coerce=int, initial=1
    )
    hour = forms.TypedChoiceField(label=gettext_lazy("Hour"), choices=HOURS, coerce=int, initial=8)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(VIEW, raise_exception=True)
@idempotent()
def dashboard_send(request: HtmxHttpRequest, dashboard_key: str) -> HttpResponse:
    """Have the dashboard of the address sent regularly; its place, period and comparison stay."""
    asked = asked_by(request, dashboard_key)
    if asked.rule is PeriodRule.OWN:
        asked = asked.of(rule=PeriodRule.MONTH)

    def save(form: SendForm) -> str:
        values = form.cleaned_data
        try:
            subscribe(asked, weekday=values["weekday"], hour=values["hour"], now=asked.now)
        except RefusedError as error:
            raise ValidationError(str(error)) from error
        return reverse("analytics:dashboard-sendings")

    form = SendForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"asked": asked} | frame(asked)
    template = "analytics/dashboards/send_form.html"
    return form_page(request, form=form, template=template, save=save, context=context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def dashboard_sendings(request: HtmxHttpRequest) -> HttpResponse:
    """Show what is sent to oneself and what was sent."""
    user = current_user(request)
    mine = DashboardSubscription.objects.visible_to(user).order_by("-is_active", "pk")
    rows = DashboardSending.objects.visible_to(user).defer("content").select_related("subscription")
    return list_page(request, queryset=rows, listing=SENDINGS, context={"subscriptions": mine})


@require_safe
@permission_required(VIEW, raise_exception=True)
def dashboard_sending(request: HtmxHttpRequest, dashboard_sending_id: int) -> HttpResponse:
    """Hand out what was sent to oneself, as long as one may see that dashboard and place."""
    user = current_user(request)
    rows = DashboardSending.objects.visible_to(user).select_related("subscription")
    sending = get_object_or_404(rows, pk=dashboard_sending_id)
    board, place = sending.subscription.board, sending.subscription.place
    if board not in BY_KEY:
        raise Http404
    try:
        question_of(user, board, {"place": place}, now=timezone.now())
    except (NoBoardError, NoPlaceError) as error:
        raise PermissionDenied(_("You may no longer see this dashboard or its place.")) from error
    return hand_out(sending)


@require_POST
@permission_required(VIEW, raise_exception=True)
@idempotent()
def dashboard_unsubscribe(request: HtmxHttpRequest, dashboard_subscription_id: int) -> HttpResponse:
    """Stop sending a dashboard to oneself."""
    mine = DashboardSubscription.objects.visible_to(current_user(request))
    unsubscribe(get_object_or_404(mine, pk=dashboard_subscription_id))
    return redirect("analytics:dashboard-sendings")
