"""How timely tickets are handled, how long customers wait, and the rows behind the figures."""

import datetime as dt
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import UNPROCESSABLE, Listing, list_page
from crm_site.policies.services import in_force
from crm_site.staff.current import current_user
from service.clocks.filters import CaseFilter
from service.clocks.forms import AskForm
from service.clocks.hooks import standards
from service.clocks.policies import TIMELINESS
from service.clocks.selectors import timeliness as questions
from service.clocks.selectors import waiting as waits

VIEW = "service.view_timeliness"
CASES = Listing(
    template="service/clocks/cases.html",
    sorts={"due": ("due_at", "id"), "latest": ("-due_at", "-id")},
    default_sort="due",
    filter_class=CaseFilter,
)


def asked(request: HtmxHttpRequest, now: dt.datetime) -> tuple[AskForm, questions.Ask, int]:
    """Return the form of a report, its question, and 422 for one that cannot be read."""
    form = AskForm(request.GET, user=current_user(request), now=now)
    ask = form.ask()
    return form, ask, 200 if form.is_valid() else UNPROCESSABLE


@require_safe
@permission_required(VIEW, raise_exception=True)
def timeliness(request: HtmxHttpRequest) -> HttpResponse:
    """Show the timely rate of a month with its parts and its trend (SVC-29)."""
    user, now = current_user(request), timezone.now()
    form, ask, status = asked(request, now)
    target = standards([ask.month])[ask.month]
    context = {
        "form": form,
        "ask": ask,
        "target": target,
        "whole": questions.headline(user, ask, now, target),
        "cuts": questions.cuts(user, ask, now, target),
        "trend": questions.trend(user, ask, now),
        "is_running": questions.is_running(ask, now),
        "provisional": questions.judged(user, ask, now).filter(is_provisional=True).count(),
    }
    return render(request, "service/clocks/timeliness.html", context, status=status)


@require_safe
@permission_required(VIEW, raise_exception=True)
def timeliness_cases(request: HtmxHttpRequest) -> HttpResponse:
    """Show the tickets that a figure of the timely rate counted, one line for each limit."""
    user, now = current_user(request), timezone.now()
    _form, ask, status = asked(request, now)
    rows = questions.judged(user, questions.Ask(ask.month, ask.kind, ask.clock), now)
    if status != 200:
        rows = rows.none()
    return list_page(
        request,
        queryset=rows.select_related("ticket__project", "ticket__category", "ticket__handler"),
        listing=CASES,
        context={"ask": ask},
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def waiting(request: HtmxHttpRequest) -> HttpResponse:
    """Show how long tickets stay in each step, and how fast repairs are answered (SVC-64, 100)."""
    user, now = current_user(request), timezone.now()
    form, ask, status = asked(request, now)
    policy = in_force(TIMELINESS, at=now).value
    slow = dt.timedelta(minutes=policy.slow_minutes)
    whole, classes = waits.repair_responses(
        user, now, project=ask.project, slow=slow, least=policy.slow_least
    )
    context: dict[str, Any] = {
        "form": form,
        "ask": ask,
        "steps": waits.steps(user, ask, now),
        "queue": waits.queue(user, ask, now),
        "repairs": whole,
        "classes": classes,
        "slow": slow,
        "is_running": questions.is_running(ask, now),
    }
    return render(request, "service/clocks/waiting.html", context, status=status)
