"""What to do: the day of a consultant, the team of a supervisor, and the tasks themselves."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from crm_site.common.edits import as_seen
from crm_site.common.form_errors import add_errors
from crm_site.common.htmx import HtmxHttpRequest, add_toast, go_to, render_page
from crm_site.common.idempotency import idempotent
from crm_site.common.refusals import RefusedError
from crm_site.staff.current import current_user
from customers.forms import PostponeForm, QuickInteractionForm
from customers.models import Task
from customers.selectors.agenda import side
from customers.selectors.meetings import next_meetings
from customers.selectors.pool import falling_soon
from customers.selectors.project_scope import project_scope
from customers.selectors.stages import stage_report
from customers.selectors.team import team as read_team
from customers.selectors.today import today as read_today
from customers.services.interactions import log_interaction
from customers.services.tasks import (
    TaskNotOpenError,
    complete_task,
    postpone_task,
    reopen_task,
)
from customers.task_gates import gated_sources
from customers.views.customer_record import get_customer


@require_safe
@login_required
def today(request: HtmxHttpRequest) -> HttpResponse:
    """Show what the user must do now, what is lost first on top (B8)."""
    user = current_user(request)
    if not user.has_perm("customers.work_tasks"):
        home = user.role_definition.home
        return redirect(home if home != "customers:today" else "outbox:notification-list")
    return _today(request)


def _today(request: HtmxHttpRequest) -> HttpResponse:
    user = current_user(request)
    now, project_id = timezone.now(), project_scope(request).project_id
    day = read_today(user, now, project_id)
    first = next((row for section in day.sections for row in section.rows), None)
    may_log = user.has_perm("customers.log_interaction")
    context = {
        "day": day,
        "now": now,
        "first": first,
        "may_log": may_log,
        "form": QuickInteractionForm(now=now) if first and may_log else None,
        "side": side(user, now, project_id),
        "may_plan": user.has_perm("customers.plan_meetings"),
        "agenda": partial(next_meetings, user, now),
        "falling": partial(falling_soon, user=user),
        "more_done": max(0, day.done - len(day.done_tasks)),
    }
    return render_page(request, "customers/today.html", context, partial="work")


@require_safe
@permission_required("customers.log_interaction", raise_exception=True)
def quick_log(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Return the short form of one row of the day's list."""
    customer = get_customer(request, customer_id)
    context: dict[str, object] = {"form": QuickInteractionForm(now=timezone.now())}
    context |= {"customer_id": customer.pk, "task_id": request.GET.get("task", "")}
    return render(request, "customers/_quick_log.html", context)


@require_POST
@permission_required("customers.log_interaction", raise_exception=True)
@idempotent()
def quick_log_save(request: HtmxHttpRequest, customer_id: int) -> HttpResponse:
    """Log a talk from the day's list and show what is next."""
    customer = get_customer(request, customer_id)
    now, user = timezone.now(), current_user(request)
    form = QuickInteractionForm(request.POST, now=now)
    if form.is_valid():
        try:
            log_interaction(customer=customer, entry=form.entry(), actor=user, now=now)
        except ValidationError as error:
            add_errors(form, error)
    if form.errors:
        context = {"form": form, "customer_id": customer.pk}
        response = render(request, "customers/_quick_log.html", context, status=422)
        response.headers["HX-Retarget"] = f"#quick-{customer.pk}"
        response.headers["HX-Reswap"] = "outerHTML"
        return response
    _finish_due(request, customer.pk)
    if not request.htmx:
        return redirect("customers:today")
    response = _today(request)
    add_toast(response, _("Follow-up for %(name)s saved.") % {"name": customer.name})
    return response


def _finish_due(request: HtmxHttpRequest, customer_id: int) -> None:
    """Finish the task the talk was about, if the row had one and it is still open."""
    task_id = request.POST.get("task", "")
    if not task_id.isascii() or not task_id.isdigit():
        return
    mine = Task.objects.open().filter(pk=int(task_id[:18]), customer_id=customer_id)
    task = mine.filter(owner=current_user(request)).exclude(source__in=gated_sources()).first()
    if task is not None:
        complete_task(task=task, actor=current_user(request), now=timezone.now())


@require_safe
@permission_required("customers.view_team_work", raise_exception=True)
def team(request: HtmxHttpRequest) -> HttpResponse:
    """Show the supervisor what was escalated and how each consultant stands."""
    user, now = current_user(request), timezone.now()
    project_id = project_scope(request).project_id
    context = {
        "team": read_team(user, now, project_id),
        "stages": stage_report(user, now, project_id),
        "now": now,
    }
    return render(request, "customers/team.html", context)


@require_POST
@permission_required("customers.work_tasks", raise_exception=True)
@idempotent()
def task_done(request: HtmxHttpRequest, task_id: int) -> HttpResponse:
    """Mark a task as done; it can be taken back for a moment."""
    task = _task(request, task_id)
    outcome = request.POST.get("outcome", "")[:500]
    try:
        complete_task(task=task, outcome=outcome, actor=current_user(request), now=timezone.now())
    except TaskNotOpenError as error:
        return _taken(request, error.task)
    undo = reverse("customers:task-reopen", args=[task.pk])
    if request.htmx:
        response = today_or_nothing(request)
        add_toast(response, _("“%(title)s” is done.") % {"title": task.title}, undo=undo)
        return response
    messages.success(request, _("“%(title)s” is done.") % {"title": task.title})
    return redirect(_next(request))


@require_POST
@permission_required("customers.work_tasks", raise_exception=True)
def task_reopen(request: HtmxHttpRequest, task_id: int) -> HttpResponse:
    """Take back that a task is done; 409 where it would contact who refuses that."""
    task = _task(request, task_id)
    try:
        reopen_task(task=task, actor=current_user(request), now=timezone.now())
    except TaskNotOpenError as error:
        return _taken(request, error.task)
    except ValidationError as error:
        raise RefusedError(error.messages[0]) from error
    return go_to(request, _next(request))


@require_POST
@permission_required("customers.work_tasks", raise_exception=True)
@idempotent()
def task_postpone(request: HtmxHttpRequest, task_id: int) -> HttpResponse:
    """Put a task off to a later moment."""
    task = _task(request, task_id)
    form = PostponeForm(request.POST)
    if form.is_valid():
        due_at, actor = form.cleaned_data["due_at"], current_user(request)
        try:
            with as_seen(request, task, "due_at"):
                postpone_task(task=task, due_at=due_at, actor=actor, now=timezone.now())
        except TaskNotOpenError as error:
            return _taken(request, error.task)
        except ValidationError as error:
            add_errors(form, error)
        else:
            return go_to(request, _next(request))
    context = {"form": form, "task": task, "next": _next(request)}
    return render(request, "customers/task_postpone.html", context, status=422)


def today_or_nothing(request: HtmxHttpRequest) -> HttpResponse:
    """Return the fresh work list when htmx asked from there, else an empty answer."""
    if request.htmx.target == "work":
        return _today(request)
    return HttpResponse(status=204)


def _task(request: HtmxHttpRequest, task_id: int) -> Task:
    task = (
        Task.objects.visible_to(request.user).select_related("customer").filter(pk=task_id).first()
    )
    if task is None:
        raise Http404
    return task


def _taken(request: HtmxHttpRequest, task: Task) -> HttpResponse:
    """Say that somebody else was faster; nothing was changed."""
    return render(request, "customers/task_taken.html", {"task": task}, status=409)


def _next(request: HtmxHttpRequest) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        return wanted
    return reverse("customers:today")
