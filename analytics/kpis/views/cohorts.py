"""The cohorts of customers by month, and the customers behind a cell (ANA-07)."""

from datetime import date
from typing import Any, Final

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.kpis import cohorts, people
from analytics.kpis.forms import AskForm
from analytics.kpis.places import VIEW, name_of
from analytics.kpis.question import period_from, question_of, words_of_period, words_of_place
from analytics.kpis.rules.periods import month_of
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from customers.querysets import VIEW as VIEW_CUSTOMERS

ROWS = Listing(
    template="analytics/kpis/cohort_rows.html",
    sorts={"since": ("-created_at", "-id")},
    default_sort="since",
)
OLDEST: Final = 240  # months


@require_safe
@permission_required((VIEW, VIEW_CUSTOMERS), raise_exception=True)
def cohort_table(request: HtmxHttpRequest) -> HttpResponse:
    """Show of each month's new customers how many stayed month by month."""
    user, now = current_user(request), timezone.now()
    question = question_of(request.GET, user=user, now=now)
    found = cohorts.table(question.asking(user, now))
    form = AskForm(question, user=user, now=now)
    del form.fields["period"]
    context = {
        "form": form,
        "question": question,
        "cohorts": found,
        "ages": range(cohorts.MONTHS),
        "place_words": words_of_place(question.place, name_of(question.place)),
        "is_judged": people.churn_is_judged(now),
    }
    return render(request, "analytics/kpis/cohorts.html", context)


@require_safe
@permission_required((VIEW, VIEW_CUSTOMERS), raise_exception=True)
def cohort_rows(request: HtmxHttpRequest) -> HttpResponse:
    """Show the customers of a cohort, or those of them still there after so many months."""
    user, now = current_user(request), timezone.now()
    question = question_of({"place": request.GET.get("place", "")}, user=user, now=now)
    month, age = _asked(request.GET)
    rows = cohorts.members(question.asking(user, now), month, age)
    context: dict[str, Any] = {
        "cohort": words_of_period(month_of(month)),
        "age": age,
        "question": question,
        "place_words": words_of_place(question.place, name_of(question.place)),
    }
    rows = rows.select_related(*people.CUSTOMER_RELATED)
    return list_page(request, queryset=rows, listing=ROWS, context=context)


def _asked(data: Any) -> tuple[date, int | None]:
    period = period_from(data.get("cohort", ""))
    given = data.get("age", "")
    if period is None or period != month_of(period.start):
        raise Http404
    if not given:
        return period.start, None
    if not (given.isascii() and given.isdecimal() and len(given) < 4) or int(given) > OLDEST:
        raise Http404
    return period.start, int(given)
