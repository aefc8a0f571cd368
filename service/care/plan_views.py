"""Care plans of projects: a year's activities, their budget, what is done."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, list_page
from crm_site.staff.current import current_user
from service.care.filters import PlanFilter
from service.care.forms import ActivityDoneForm, ActivityForm, PlanForm
from service.care.models import CareActivity, CarePlan
from service.care.pages import PLAN, VIEW, act, found_in, service_form, to
from service.care.services import papers, plans

PLANS = Listing(
    template="service/care/plans.html",
    sorts={"latest": ("-year", "-id")},
    default_sort="latest",
    filter_class=PlanFilter,
)


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_plans(request: HtmxHttpRequest) -> HttpResponse:
    """Show the plans with budget, cost and share done."""
    user = current_user(request)
    rows = CarePlan.objects.visible_to(user).select_related("project")
    rows = rows.prefetch_related("activities")
    return list_page(
        request,
        queryset=rows,
        listing=PLANS,
        present=lambda found: [
            (row, plans.progress_of(list(row.activities.all()))) for row in found
        ],
        context={"may_plan": user.has_perm(PLAN)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_plan_add(request: HtmxHttpRequest) -> HttpResponse:
    """Begin the plan of a project and year."""
    initial = {"year": timezone.localdate().year}
    form = PlanForm(request.POST or None, user=current_user(request), initial=initial)
    home = to("care-plans")
    return service_form(
        request,
        form=form,
        title=_("New care plan"),
        crumb=(home, _("Care plans")),
        back=home,
        run=lambda valid: to("care-plan", plans.open_plan(**valid.cleaned_data).pk),
    )


@require_safe
@permission_required(VIEW, raise_exception=True)
def care_plan(request: HtmxHttpRequest, care_plan_id: int) -> HttpResponse:
    """Show a plan with its activities."""
    plan = _plan(request, care_plan_id)
    activities = list(plan.activities.all())
    context = {
        "plan": plan,
        "activities": activities,
        "progress": plans.progress_of(activities),
        "may_plan": current_user(request).has_perm(PLAN),
        "today": timezone.localdate(),
    }
    return render(request, "service/care/plan.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_activity_add(request: HtmxHttpRequest, care_plan_id: int) -> HttpResponse:
    """Put an activity into a draft."""
    plan = _plan(request, care_plan_id)
    back = to("care-plan", plan.pk)
    return service_form(
        request,
        form=ActivityForm(request.POST or None),
        title=_("Add an activity"),
        crumb=(back, plan),
        back=back,
        run=lambda valid: plans.add_activity(plan=plan, **valid.cleaned_data),
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_activity_remove(
    request: HtmxHttpRequest, care_plan_id: int, activity_id: int
) -> HttpResponse:
    """Take an activity out of a draft."""
    activity = _activity(request, care_plan_id, activity_id)
    back = to("care-plan", activity.plan_id)
    return act(request, lambda: plans.remove_activity(activity=activity), back=back)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_activity_done(
    request: HtmxHttpRequest, care_plan_id: int, activity_id: int
) -> HttpResponse:
    """Note what an activity of an approved plan cost and brought."""
    activity = _activity(request, care_plan_id, activity_id)
    back = to("care-plan", activity.plan_id)

    def run(valid: ActivityDoneForm) -> None:
        plans.finish_activity(activity=activity, today=timezone.localdate(), **valid.cleaned_data)

    return service_form(
        request,
        form=ActivityDoneForm(request.POST or None),
        title=activity.title,
        crumb=(back, activity.plan),
        back=back,
        run=run,
    )


@require_POST
@permission_required(PLAN, raise_exception=True)
@idempotent()
def care_plan_submit(request: HtmxHttpRequest, care_plan_id: int) -> HttpResponse:
    """Ask for the signature of a plan."""
    plan = _plan(request, care_plan_id)
    return act(
        request,
        lambda: papers.submit(
            kind=papers.PLAN, paper=plan, actor=current_user(request), now=timezone.now()
        ),
        back=to("care-plan", plan.pk),
        done=_("It waits for signatures."),
    )


def _plan(request: HtmxHttpRequest, pk: int) -> CarePlan:
    found: CarePlan = found_in(CarePlan.objects, request, pk, "project", "approval")
    return found


def _activity(request: HtmxHttpRequest, plan_id: int, pk: int) -> CareActivity:
    plan = _plan(request, plan_id)
    found = plan.activities.select_related("plan__project").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
