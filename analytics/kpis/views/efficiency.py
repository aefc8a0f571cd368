"""What it takes to win customers: conversion, cost and cycle beside each other (ANA-02)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from analytics.kpis import acquisition_kpis as kpis
from analytics.kpis import costs, display
from analytics.kpis.forms import AskForm
from analytics.kpis.hooks import Cost, costs_of
from analytics.kpis.kinds import Asking, Reading, ScopeKind
from analytics.kpis.places import VIEW, name_of
from analytics.kpis.question import Question, question_of, words_of_period, words_of_place
from analytics.kpis.rules import formulas
from analytics.kpis.sources import NOT_SAID, Source, cut_tables, read
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import UNPROCESSABLE
from crm_site.staff.current import current_user
from customers.querysets import VIEW as VIEW_CUSTOMERS

CUTS: Final = {"channel": _("Channel"), "campaign": _("Campaign"), "project": _("Project")}


@dataclass(frozen=True, slots=True)
class EfficiencyLine:
    """One channel, campaign or project: leads, who qualified and signed, cost, days."""

    label: Any
    leads: int
    qualified: int
    signed: int
    conversion: str
    cost: str
    cost_each: str
    cycle: str
    leads_url: str
    cohort_url: str


@require_safe
@permission_required((VIEW, VIEW_CUSTOMERS), raise_exception=True)
def efficiency(request: HtmxHttpRequest) -> HttpResponse:
    """Show conversion, cost of a lead and cycle by channel, campaign or project (ANA-02)."""
    user, now = current_user(request), timezone.now()
    question = question_of(request.GET, user=user, now=now)
    by = request.GET.get("by", "channel")
    by = by if by in CUTS else "channel"
    asking = question.asking(user, now)
    spent = _spent(asking)
    context = {
        "form": AskForm(question, user=user, now=now),
        "question": question,
        "by": by,
        "more": [("by", by)],
        "cuts": [
            (key, label, f"?{question.query(by=key)}", key == by) for key, label in CUTS.items()
        ],
        "lines": _lines(asking, question, by, spent),
        "whole": _whole(asking, question, spent),
        "has_cost": spent is not None,
        "period_words": words_of_period(question.period),
        "place_words": words_of_place(question.place, name_of(question.place)),
    }
    status = 200 if question.is_readable else UNPROCESSABLE
    return render(request, "analytics/kpis/efficiency.html", context, status=status)


def _spent(asking: Asking) -> list[Cost] | None:
    """Return the cost of winning customers at the place, None where none was written down."""
    found = costs_of(asking.period, asking.now)
    if found is None:
        return None
    kind, key = asking.place.kind, asking.place.id
    wanted = [cost for cost in found if cost.kind in costs.ACQUIRING]
    if kind is not ScopeKind.COMPANY:
        wanted = [cost for cost in wanted if cost.at(kind) == key]
    return wanted or None


def _lines(
    asking: Asking, question: Question, by: str, spent: list[Cost] | None
) -> list[EfficiencyLine]:
    leads, cohort, cycle = (
        _by(source, asking, by) for source in (kpis.LEADS, kpis.CONVERSION, kpis.CYCLE)
    )
    found = []
    for value, (label, reading) in (_costly(spent, by) | leads).items():
        amount = _sum([cost for cost in spent or () if _key_of(cost, by) == value])
        converted = cohort.get(value, (label, formulas.share(Decimal(0), 0)))[1]
        days = cycle[value][1] if value in cycle else None
        query = question.query(part=f"{by}:{value}")
        found.append(_line(label, reading.n, converted, amount, days, query))
    return found


def _whole(asking: Asking, question: Question, spent: list[Cost] | None) -> EfficiencyLine:
    """Return the sums, asked on their own and not added up from the lines."""
    amount = _sum(spent or ())
    leads, cohort = read(kpis.LEADS, asking), read(kpis.CONVERSION, asking)
    days = read(kpis.CYCLE, asking)
    return _line(_("In all"), leads.n, cohort, amount, days, question.query())


def _line(
    label: Any, leads: int, cohort: Reading, cost: Decimal | None, cycle: Reading | None, query: str
) -> EfficiencyLine:
    each = formulas.quotient(cost, leads)
    return EfficiencyLine(
        label=label,
        leads=leads,
        qualified=cohort.n,
        signed=int(cohort.top or 0),
        conversion=display.figure(cohort.value, "percent"),
        cost=display.figure(cost, "yuan"),
        cost_each=display.figure(each, "yuan"),
        cycle=display.figure(cycle.value if cycle else None, "days"),
        leads_url=f"{reverse('analytics:kpi-detail', args=['leads'])}?{query}",
        cohort_url=f"{reverse('analytics:kpi-detail', args=['conversion_rate'])}?{query}",
    )


def _by(source: Source, asking: Asking, by: str) -> dict[str, tuple[Any, Reading]]:
    """Return label and figure of each value of a cut."""
    tables = cut_tables(source, asking, only=by)
    return {line.value: (line.label, line.reading) for table in tables for line in table.lines}


def _costly(spent: Sequence[Cost] | None, by: str) -> dict[str, tuple[Any, Reading]]:
    """Return a line without leads for every value that money was spent on."""
    nothing = formulas.total(Decimal(0), 0)
    words = kpis.words_of(by)
    keys = {_key_of(cost, by): getattr(cost, by) for cost in spent or ()}
    return {key: (words.get(value, value) or NOT_SAID, nothing) for key, value in keys.items()}


def _sum(spent: Sequence[Cost]) -> Decimal | None:
    """Return what was spent; None where nothing was written down, which is not 0 yuan."""
    return sum((cost.amount for cost in spent), Decimal(0)) if spent else None


def _key_of(cost: Cost, by: str) -> str:
    return str(getattr(cost, by) or "")
