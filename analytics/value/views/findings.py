"""Rules of wishes, forecasts, and the model of value with the length of relations."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST, require_safe

from analytics.dashboards.charts import Chart, Series
from analytics.value import choices, words
from analytics.value.errors import DecidedError
from analytics.value.filters import RuleFilter, projects_of
from analytics.value.models import DECIDE, VIEW, BasketRule, Forecast, ValueModel
from analytics.value.pages import act, to
from analytics.value.services.mining import decide_rule
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from crm_site.staff.rules.organisation import Scope
from customers.models import Project

RULES = Listing(
    template="analytics/value/rules.html",
    sorts={
        "lift": ("-lift", "-id"),
        "confidence": ("-confidence", "-id"),
        "support": ("-support", "-id"),
    },
    default_sort="lift",
    filter_class=RuleFilter,
)
SHOWN_BACK = 24  # months of history in a chart
DIGITS = {choices.PRICE: 0}


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_rules(request: HtmxHttpRequest) -> HttpResponse:
    """Show the rules found among the wishes of customers (ANA-43)."""
    rows = BasketRule.objects.select_related("decided_by")
    if not request.GET.get("state"):
        rows = rows.filter(is_found=True)
    context = {"may_decide": current_user(request).has_perm(DECIDE)}
    return list_page(request, queryset=rows, listing=RULES, present=_in_words, context=context)


@require_POST
@permission_required(DECIDE, raise_exception=True)
@idempotent()
def value_rule_decide(request: HtmxHttpRequest, basket_rule_id: int) -> HttpResponse:
    """Recommend by a rule, or reject it with a reason."""
    if not BasketRule.objects.filter(pk=basket_rule_id).exists():
        raise Http404
    state = request.POST.get("state", "")
    if state not in (choices.APPROVED, choices.REJECTED):
        raise DecidedError(_("Say whether the rule is recommended or rejected."))
    return act(
        request,
        lambda: decide_rule(
            rule_id=basket_rule_id,
            state=state,
            reason=request.POST.get("reason", "")[:200],
            actor=current_user(request),
            now=timezone.now(),
        ),
        back=to("value-rules"),
        done=_("Decided."),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_forecasts(request: HtmxHttpRequest) -> HttpResponse:
    """Show what is expected of each series of one project, or of all for head office (ANA-46)."""
    place = _place(request)
    rows: list[Forecast] = []
    if place.is_open:
        rows = list(Forecast.objects.filter(project=place.chosen))
    order = [key for key, _label in choices.SERIES]
    rows.sort(key=lambda row: order.index(row.series))
    context = {"place": place, "forecasts": [_drawn(row) for row in rows]}
    return render(request, "analytics/value/forecasts.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def value_model(request: HtmxHttpRequest) -> HttpResponse:
    """Show the rates behind expected value, their test on cohorts, and how long relations last."""
    model, place = ValueModel.objects.filter(is_active=True).first(), _place(request)
    context: dict[str, Any] = {"model": model, "place": place}
    if model is not None:
        context["rates"] = _rates(model)
        context["backtest"] = model.backtest
        key = str(place.chosen.pk) if place.chosen else "0"
        found = model.data.get("lasting", {}).get(key) if place.is_open else None
        context["lasting"] = found
        context["curve"] = _curve(found) if found else None
    return render(request, "analytics/value/model.html", context)


@dataclass(frozen=True, slots=True)
class Place:
    """The project a page shows; ``None`` means all of them, for who sees the whole company."""

    projects: list[Project]
    chosen: Project | None
    sees_all: bool

    @property
    def is_open(self) -> bool:
        """Whether there is anything the asker may see."""
        return self.sees_all or self.chosen is not None


def _place(request: HtmxHttpRequest) -> Place:
    projects = list(projects_of(request).select_related("node").order_by("name"))
    sees_all = current_user(request).role_definition.scope is Scope.COMPANY
    asked = request.GET.get("project", "")
    chosen = next((one for one in projects if str(one.pk) == asked), None)
    if chosen is None and not sees_all and projects:
        chosen = projects[0]
    return Place(projects, chosen, sees_all)


def _rates(model: ValueModel) -> Chart:
    return Chart(
        key="value-rates",
        kind="line",
        title=_("Events of one hundred owners a year"),
        categories=[str(age) for age in range(len(model.rates["second"]))],
        heading=_("Years since the first purchase"),
        series=[
            Series(_("Further purchases"), _hundred(model.rates["second"])),
            Series(_("Referred buyers"), _hundred(model.rates["referral"]), tone="third"),
        ],
        height="s",
    )


def _curve(found: dict[str, Any]) -> Chart:
    return Chart(
        key="value-lasting",
        kind="step",
        title=_("Relations that still stand"),
        categories=["0", *(str(month) for month in found["months"])],
        heading=_("Months since the first contact"),
        series=[
            Series(
                _("Share that still stands"),
                [100.0, *found["shares"]],
                low=[100.0, *found["low"]],
                high=[100.0, *found["high"]],
            )
        ],
        unit="percent",
    )


def _hundred(rates: list[str]) -> list[float]:
    return [round(float(rate) * 100, 2) for rate in rates]


def _in_words(rows: list[BasketRule]) -> list[dict[str, Any]]:
    return [
        {"row": row, "given": words.wishes(row.given), "then": words.wish(row.then)} for row in rows
    ]


def _drawn(row: Forecast) -> dict[str, Any]:
    chart = None
    if row.history and row.first_on:
        history = row.history[-SHOWN_BACK:]
        first = _months_on(row.first_on, len(row.history) - len(history))
        ahead = row.points
        gaps: list[Any] = [None] * (len(history) - 1)
        seam = [history[-1]] if ahead else [None]
        months = [_months_on(first, place) for place in range(len(history) + len(ahead))]
        chart = Chart(
            key=f"forecast-{row.series}",
            kind="line",
            title=row.get_series_display(),
            categories=[f"{month:%Y-%m}" for month in months],
            heading=_("Month"),
            series=[
                Series(pgettext("forecast", "So far"), [*history, *([None] * len(ahead))]),
                Series(
                    _("Expected"),
                    [*gaps, *seam, *(point[0] for point in ahead)],
                    tone="third",
                    low=[*gaps, *seam, *(point[1] for point in ahead)],
                    high=[*gaps, *seam, *(point[2] for point in ahead)],
                ),
            ],
            unit="yuan" if row.series == choices.PRICE else "",
            digits=DIGITS.get(row.series, 1),
        )
    errors = [
        (words.METHODS[name], error, name == row.method) for name, error in row.errors.items()
    ]
    return {"row": row, "chart": chart, "method": words.METHODS.get(row.method), "errors": errors}


def _months_on(month: date, more: int) -> date:
    total = month.year * 12 + month.month - 1 + more
    return date(total // 12, total % 12 + 1, 1)
