"""The bonus fund, grants, and the boards of departments and experiments."""

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
from analytics.improvement.views.programmes import FORM
from analytics.reviews.rules.periods import Cycle, span_of
from crm_site.common.htmx import HtmxHttpRequest, go_to
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
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
    user = current_user(request)
    form = BonusForm(request.POST or None)

    def save(valid: BonusForm) -> str:
        data = valid.cleaned_data
        row = rewards.compute_bonus(
            span=span_of(Cycle.QUARTER, data["day"]),
            total_pay=data["total_pay"],
            actor=user,
            now=timezone.now(),
        )
        return row.get_absolute_url()

    context = {
        "title": _("Compute a bonus fund"),
        "cancel_url": reverse("analytics:bonus-runs"),
        "submit_label": _("Compute"),
    }
    return form_page(request, form=form, template=FORM, save=save, context=context)


def get_run(request: HtmxHttpRequest, key: int) -> BonusRun:
    """Return the fund; 404 where it is missing or of another region."""
    rows = BonusRun.objects.visible_to(current_user(request)).select_related("region", "approval")
    found: BonusRun | None = rows.filter(pk=key).first()
    if found is None:
        raise Http404
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
    person, user = get_person(request, person_id), current_user(request)
    form = GrantForm(request.POST or None)
    here = reverse("analytics:person-results", args=[person.pk])

    def save(valid: GrantForm) -> str:
        given = rewards.Grant(person=person, key=f"grant-{uuid4()}", **valid.cleaned_data)
        rewards.grant(given=given, actor=user, now=timezone.now())
        return here

    context = {"title": _("Grant: %(name)s") % {"name": person.name}, "cancel_url": here}
    return form_page(request, form=form, template=FORM, save=save, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PAY, raise_exception=True)
@idempotent()
def incentive_reverse(request: HtmxHttpRequest, person_id: int, incentive_id: int) -> HttpResponse:
    """Reverse an entry of a person, with a reason."""
    person, user = get_person(request, person_id), current_user(request)
    rows = IncentiveEntry.objects.filter(account__person=person).select_related("account")
    entry = rows.filter(pk=incentive_id).first()
    if entry is None:
        raise Http404
    form = ReasonForm(request.POST or None)
    here = reverse("analytics:person-results", args=[person.pk])

    def save(valid: ReasonForm) -> str:
        reason = valid.cleaned_data["reason"]
        rewards.take_back(entry=entry, reason=reason, actor=user, now=timezone.now())
        return here

    context = {"title": _("Reverse the entry"), "cancel_url": here}
    return form_page(request, form=form, template=FORM, save=save, context=context)


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
