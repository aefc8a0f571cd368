"""Whole processes instead of departments: lead time, shares, the rows behind them (ANA-34)."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.kpis.forms import AskForm
from analytics.kpis.places import VIEW
from analytics.kpis.question import Question, question_of, words_of_period
from analytics.warehouse import processes as selectors
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import UNPROCESSABLE
from crm_site.staff.current import current_user


@require_safe
@permission_required(VIEW, raise_exception=True)
def process_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show each process of a place and period with its lead time by part and department."""
    user, now = current_user(request), timezone.now()
    question = question_of(request.GET, user=user, now=now)
    asking = question.asking(user, now)
    found = [
        selectors.lead_time(process, asking)
        for process in selectors.processes_for(user)
        if asking.place.kind in process.source.kinds
    ]
    context = {
        "form": AskForm(question, user=user, now=now),
        "question": question,
        "period_words": words_of_period(question.period),
        "processes": found,
        "query": question.query(),
    }
    return render(request, "analytics/warehouse/processes.html", context, status=_status(question))


@require_safe
@permission_required(VIEW, raise_exception=True)
def process_rows(request: HtmxHttpRequest, process_key: str) -> HttpResponse:
    """List the finished rows of a process with the time of every part."""
    user, now = current_user(request), timezone.now()
    process = next((p for p in selectors.processes_for(user) if p.key == process_key), None)
    if process is None:
        raise Http404
    question = question_of(request.GET, user=user, now=now)
    asking = question.asking(user, now)
    found = selectors.cases(process, asking, after=_after(request))
    context = {
        "process": process,
        "form": AskForm(question, user=user, now=now),
        "period_words": words_of_period(question.period),
        "found": found,
        "query": question.query(),
        "next": question.query(after=found.after or ""),
    }
    template = "analytics/warehouse/process_rows.html"
    return render(request, template, context, status=_status(question))


def _status(question: Question) -> int:
    return 200 if question.is_readable else UNPROCESSABLE


def _after(request: HtmxHttpRequest) -> int | None:
    text = request.GET.get("after", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
