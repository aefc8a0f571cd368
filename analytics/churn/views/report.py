"""Why customers leave, over a period (ANA-49)."""

from datetime import date, timedelta

import django_filters as filters
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from analytics.churn.filters import day_filter, projects_of
from analytics.churn.models import LOSSES, ChurnLoss
from analytics.churn.selectors.report import read_report
from crm_site.common.htmx import HtmxHttpRequest, render_page
from crm_site.staff.current import current_user

SEE = (LOSSES, "customers.view_customer")
MONTHS = 6


class ReportFilter(filters.FilterSet):
    """By project and the days of the losses."""

    project = filters.ModelChoiceFilter(label=_("Project"), queryset=projects_of)
    since = day_filter(_("From"), "gte")
    until = day_filter(_("Up to"), "lte")

    class Meta:
        model = ChurnLoss
        fields: tuple[str, ...] = ()


def first_day(today: date) -> date:
    """Return the first day of the month six months ago, where the usual period begins."""
    return (today.replace(day=1) - timedelta(days=30 * MONTHS)).replace(day=1)


@require_safe
@permission_required(SEE, raise_exception=True)
def churn_report(request: HtmxHttpRequest) -> HttpResponse:
    """Show the losses of a period by reason, project, consultant, stage, scene and price change."""
    user, today = current_user(request), timezone.localdate()
    asked = ReportFilter(request.GET, queryset=ChurnLoss.objects.none(), request=request)
    valid = asked.is_valid()
    values = asked.form.cleaned_data if valid else {}
    start = values.get("since") or first_day(today)
    last = values.get("until") or today
    project = values.get("project")
    report = read_report(
        user, start, max(last, start) + timedelta(days=1), project.pk if project else None
    )
    context = {"report": report, "filter": asked, "last": max(last, start)}
    status = 200 if valid else 422
    return render_page(request, "analytics/churn/report.html", context, status=status)
