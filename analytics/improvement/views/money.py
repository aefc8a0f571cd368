"""The bonus fund, grants, and the boards of departments and experiments."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from analytics.dashboards.views import XLSX, saved
from analytics.improvement import selectors
from analytics.improvement.forms import BonusForm, GrantForm, ReasonForm
from analytics.improvement.people_models import BonusRun, IncentiveEntry
from analytics.improvement.querysets import KEEP, PAY, SEE_PAY, VIEW
from analytics.improvement.registers import EXPERIMENTS, INDICATORS
from analytics.improvement.services import rewards
from analytics.improvement.services.pay_list import lines_of, pay_list_xlsx
from analytics.improvement.views.people import get_person
from analytics.pages import found_in, short_form, working
from analytics.reviews.rules.periods import Cycle, span_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user

RUNS = Listing(
    template="analytics/improvement/bonus_runs.html",
    sorts={"latest": ("-starts_on", "-id")},
    default_sort="latest",
)
RESULTS = Listing(
    template="analytics/improvement/experiments.html",
    sorts={"latest": ("-id",)},
    default_sort="latest",
)


@require_safe
@permission_required(SEE_PAY, raise_exception=True)
def bonus_runs(request: HtmxHttpRequest) -> HttpResponse:
    """Show the bonus funds."""
    user = current_user(request)
    rows = BonusRun.objects.visible_to(user).select_related("region")
    return list_page(request, queryset=rows, listing=RUNS, context={"may_pay": user.has_perm(PAY)})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PAY, raise_exception=True)
@idempotent()
def bonus_run_add(request: HtmxHttpRequest) -> HttpResponse:
    """Compute the fund of a quarter from the total pay of the region."""
    return short_form(
        request,
        form=BonusForm(request.POST or None),
        title=_("Compute a bonus fund"),
        back=reverse("analytics:bonus-runs"),
        submit=_("Compute"),
        run=lambda data: rewards.compute_bonus(
            span=span_of(Cycle.QUARTER, data["day"]),
            total_pay=data["total_pay"],
            **working(request),
        ),
    )


def get_run(request: HtmxHttpRequest, key: int) -> BonusRun:
    """Return the fund; 404 where it is missing or of another region."""
    found: BonusRun = found_in(BonusRun.objects, request, key, "region", "approval")
    return found


@require_safe
@permission_required(SEE_PAY, raise_exception=True)
def bonus_run(request: HtmxHttpRequest, bonus_run_id: int) -> HttpResponse:
    """Show a fund: how it was computed, the floor, the pay list."""
    row, user = get_run(request, bonus_run_id), current_user(request)
    lines = list(lines_of(row))
    context = {
        "run": row,
        "lines": lines,
        "total": sum(one.amount for one in lines),
        "adjusted": rewards.adjusted_words(row),
        "may_ask": user.has_perm(PAY) and row.state == "draft",
        "may_pay": user.has_perm(PAY) and row.state == "approved",
    }
    return render(request, "analytics/improvement/bonus_run.html", context)


@require_safe
@permission_required(SEE_PAY, raise_exception=True)
def bonus_run_xlsx(request: HtmxHttpRequest, bonus_run_id: int) -> HttpResponse:
    """Hand out the pay list as a workbook."""
    row = get_run(request, bonus_run_id)
    content = pay_list_xlsx(row, actor=current_user(request), now=timezone.now())
    return saved(content, f"{_('Pay list')} {row}.xlsx", XLSX)


@require_POST
@permission_required(PAY, raise_exception=True)
@idempotent()
def bonus_run_ask(request: HtmxHttpRequest, bonus_run_id: int) -> HttpResponse:
    """Ask for the signature of a fund."""
    row = get_run(request, bonus_run_id)
    rewards.ask_approval(run=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The approval is asked for."))
    return go_to(request, row.get_absolute_url())


@require_POST
@permission_required(PAY, raise_exception=True)
@idempotent()
def bonus_run_paid(request: HtmxHttpRequest, bonus_run_id: int) -> HttpResponse:
    """Note that the pay list was paid."""
    row = get_run(request, bonus_run_id)
    rewards.mark_paid(run=row, actor=current_user(request), now=timezone.now())
    messages.success(request, _("The pay list is marked as paid."))
    return go_to(request, row.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PAY, raise_exception=True)
@idempotent()
def incentive_add(request: HtmxHttpRequest, person_id: int) -> HttpResponse:
    """Grant a person a bonus, a commission or a reward."""
    person = get_person(request, person_id)

    def run(data: dict[str, Any]) -> None:
        given = rewards.Grant(person=person, key=f"grant-{uuid4()}", **data)
        rewards.grant(given=given, **working(request))

    return short_form(
        request,
        form=GrantForm(request.POST or None),
        title=_("Grant: %(name)s") % {"name": person.name},
        back=reverse("analytics:person-results", args=[person.pk]),
        run=run,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PAY, raise_exception=True)
@idempotent()
def incentive_reverse(request: HtmxHttpRequest, person_id: int, incentive_id: int) -> HttpResponse:
    """Reverse an entry of a person, with a reason."""
    person = get_person(request, person_id)
    rows = IncentiveEntry.objects.filter(account__person=person).select_related("account")
    entry = rows.filter(pk=incentive_id).first()
    if entry is None:
        raise Http404

    def run(data: dict[str, Any]) -> None:
        rewards.take_back(entry=entry, **data, **working(request))

    return short_form(
        request,
        form=ReasonForm(request.POST or None),
        title=_("Reverse the entry"),
        back=reverse("analytics:person-results", args=[person.pk]),
        run=run,
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def departments(request: HtmxHttpRequest) -> HttpResponse:
    """Show which department carries which customer indicator, and which carries none."""
    user = current_user(request)
    rows = selectors.department_rows(user)
    context = {
        "rows": rows,
        "missing": sum(one.is_missing for one in rows),
        "register": INDICATORS,
        "may_keep": user.has_perm(KEEP),
    }
    return render(request, "analytics/improvement/departments.html", context)


@require_safe
@permission_required(VIEW, raise_exception=True)
def experiment_results(request: HtmxHttpRequest) -> HttpResponse:
    """Show the results of experiments with effect and interval; ``?q=`` searches."""
    user, words = current_user(request), request.GET.get("q", "").strip()[:100]
    return list_page(
        request,
        queryset=selectors.results_found(user, words),
        listing=RESULTS,
        present=selectors.result_rows,
        context={"q": words, "register": EXPERIMENTS, "may_keep": user.has_perm(KEEP)},
    )
