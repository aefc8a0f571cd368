"""Tasks by day: one's own, or those of the team; and tasks written down by hand."""

from typing import Any

import django_filters as filters
from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crm_site.common.htmx import HtmxHttpRequest
from crm_site.common.idempotency import idempotent
from crm_site.common.pages import Listing, form_page, list_page
from crm_site.staff.current import current_user
from customers import choices
from customers.care_forms import TaskForm
from customers.filters import TaskFilter
from customers.models import Task
from customers.rules.axes import TaskState
from customers.selectors.care import task_lines
from customers.services.tasks import create_task

WORK = "customers.work_tasks"
TEAM = "customers.view_team_work"


class TaskListFilter(TaskFilter):
    """Filters of the page; without a state only open tasks are shown."""

    kind = filters.ChoiceFilter(choices=choices.TASK_KINDS, label=gettext_lazy("Kind"))

    @property
    def qs(self) -> Any:
        """Return the rows the filters ask for."""
        rows = super().qs
        return rows if self.data.get("state") else rows.filter(state=TaskState.OPEN.value)


LISTING = Listing(
    template="customers/task_list.html",
    sorts={"due": ("due_at",), "latest": ("-due_at",)},
    default_sort="due",
    filter_class=TaskListFilter,
)


@require_safe
@permission_required(WORK, raise_exception=True)
def task_list(request: HtmxHttpRequest) -> HttpResponse:
    """Show the tasks by day, what is overdue first; with ``?who=team`` those one may see."""
    user, now = current_user(request), timezone.now()
    may_see_team = user.has_perm(TEAM)
    team = may_see_team and request.GET.get("who") == "team"
    tasks = Task.objects.visible_to(user)
    if not team:
        tasks = tasks.filter(owner=user)
    context = {"now": now, "team": team, "may_see_team": may_see_team}
    return list_page(
        request,
        queryset=tasks.select_related("customer", "owner"),
        listing=LISTING,
        present=lambda page: task_lines(page, now=now),
        context=context,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(WORK, raise_exception=True)
@idempotent()
def task_add(request: HtmxHttpRequest) -> HttpResponse:
    """Write down a task for oneself, or for somebody of the own team."""
    user = current_user(request)
    initial = {"customer": request.GET.get("customer", "")}
    form = TaskForm(request.POST or None, user=user, initial=initial)

    def save(valid: TaskForm) -> str:
        create_task(entry=valid.entry(), actor=user, now=timezone.now())
        messages.success(request, _("The task is written down."))
        return reverse("customers:task-list")

    context = {"title": _("New task"), "cancel_url": reverse("customers:task-list")}
    return form_page(
        request, form=form, template="customers/care_form.html", save=save, context=context
    )
