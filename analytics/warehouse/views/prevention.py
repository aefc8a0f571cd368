"""The overview of what prevents churn (ANA-73)."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from analytics.kpis.forms import AskForm
from analytics.kpis.places import VIEW
from analytics.kpis.question import question_of, words_of_period
from analytics.warehouse.prevention import modules
from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.pages import UNPROCESSABLE
from crm_site.staff.current import current_user


@require_safe
@permission_required((VIEW, "customers.view_units"), raise_exception=True)
def prevention(request: HtmxHttpRequest) -> HttpResponse:
    """Show the four modules with how far each reaches and how many purchases were lost then."""
    user, now = current_user(request), timezone.now()
    question = question_of(request.GET, user=user, now=now)
    context = {
        "form": AskForm(question, user=user, now=now),
        "period_words": words_of_period(question.period),
        "modules": modules(question.asking(user, now)),
    }
    status = 200 if question.is_readable else UNPROCESSABLE
    return render(request, "analytics/warehouse/prevention.html", context, status=status)
