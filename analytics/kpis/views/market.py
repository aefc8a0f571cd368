"""The figures of the market that head office enters (ANA-20)."""

from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from analytics.kpis.forms import MarketForm
from analytics.kpis.models import MarketFigure
from analytics.kpis.places import VIEW
from crm_site.audit.services import record
from crm_site.common.edits import edit_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, edit_page, form_page, list_page
from crm_site.staff.current import current_user
from crm_site.staff.models import User

ENTER: Final = "analytics.enter_market_figures"
ENTERED: Final = "kpi.market_entered"
FORM: Final = "analytics/kpis/market_form.html"
ROWS = Listing(
    template="analytics/kpis/market.html",
    sorts={"latest": ("-month", "city", "-id")},
    default_sort="latest",
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def market_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show what was sold on the market by city and month; public figures, for everybody."""
    rows = MarketFigure.objects.select_related("entered_by")
    context = {"may_enter": current_user(request).has_perm(ENTER)}
    return list_page(request, queryset=rows, listing=ROWS, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ENTER, raise_exception=True)
@idempotent()
def market_add(request: HtmxHttpRequest) -> HttpResponse:
    """Enter the figure of a city and month."""
    user = current_user(request)
    form = MarketForm(request.POST or None, now=timezone.now())
    context = {"title": _("Figure of the market"), "cancel_url": reverse("analytics:market-list")}
    return form_page(
        request,
        form=form,
        template=FORM,
        save=lambda valid: _saved(valid, user),
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(ENTER, raise_exception=True)
@idempotent()
def market_edit(request: HtmxHttpRequest, market_figure_id: int) -> HttpResponse:
    """Correct the figure of a city and month."""
    user = current_user(request)
    figure = MarketFigure.objects.filter(pk=market_figure_id).first()
    if figure is None:
        raise Http404

    def form(data: Any) -> BaseForm:
        return MarketForm(data, instance=figure, now=timezone.now())

    return edit_page(
        request,
        edit=edit_of(figure, user),
        form=form,
        template=FORM,
        save=lambda valid: _saved(valid, user),
        context={"title": str(figure), "cancel_url": reverse("analytics:market-list")},
    )


@transaction.atomic
def _saved(form: Any, user: User) -> str:
    figure = form.save(commit=False)
    figure.entered_by = user
    figure.save()
    facts = {"city": figure.city, "month": f"{figure.month:%Y-%m}", "homes": figure.homes}
    record(kind=ENTERED, actor=user, now=timezone.now(), facts=facts)
    return reverse("analytics:market-list")
