"""What is planned for one customer, and which tasks a person has (CUS-14, CUS-24, CUS-59)."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.calendars.builtin import SALES_OFFICE
from crm_site.calendars.services import calendar_for
from crm_site.staff.models import User
from customers.clock_messages import CLOCK_LABELS
from customers.models import Customer, LeadClock, Meeting, PlaybookRun, Task, UpkeepPlan
from customers.open_items import LONGEST, OpenItem
from customers.rules.axes import OPEN_LEAD_STATES
from customers.rules.meetings import MeetingKind, MeetingState
from customers.rules.packages import Band
from customers.selectors.meetings import coming
from customers.service_policy import ADVISERS, BANDS, RESPONSES, ServicePackage
from customers.services.meetings import MEETING
from customers.services.playbooks import plan_of, tasks_of
from customers.services.responses import package_of

# How long before the next contact of the package is due it is suggested.
SUGGEST_AHEAD = dt.timedelta(days=3)
RUNS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step of a run: its time, and its task once it is made."""

    title: str
    due_at: dt.datetime
    task: Task | None
    is_gate: bool


@dataclass(frozen=True, slots=True)
class RunLine:
    """One playbook at work or ended, with its steps."""

    run: PlaybookRun
    steps: list[StepLine]


@dataclass(frozen=True, slots=True)
class PackageLine:
    """The service package of a customer in words; ``next_at`` is when contact is due by it."""

    band: str
    adviser: str
    contact_days: int
    offers: str
    response: str
    next_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Care:
    """Everything that is planned for one customer."""

    package: PackageLine | None
    runs: list[RunLine]
    meetings: list[Meeting]
    plans: list[UpkeepPlan]


def care_of(customer: Customer, *, now: dt.datetime) -> Care:
    """Return package, the last ten playbooks, coming meetings and upkeep plans of ``customer``."""
    plans = customer.upkeep_plans.filter(is_active=True).select_related("person")
    return Care(
        package=_package(customer, package_of(customer, now=now)),
        runs=_runs(customer),
        meetings=coming(customer),
        plans=list(plans.order_by("next_on")[:RUNS_SHOWN]),
    )


def _package(customer: Customer, found: tuple[Band, ServicePackage] | None) -> PackageLine | None:
    if found is None:
        return None
    band, package = found
    return PackageLine(
        band=str(BANDS[band.value]),
        adviser=str(ADVISERS[package.adviser.value]),
        contact_days=package.contact_days,
        offers=package.offers,
        response=str(RESPONSES[package.response.value]),
        next_at=next_contact(customer, package),
    )


def next_contact(customer: Customer, package: ServicePackage) -> dt.datetime:
    """Return when ``customer`` is to be spoken to again by the frequency of the package."""
    since = customer.last_contact_at or customer.owned_since or customer.created_at
    return since + dt.timedelta(days=package.contact_days)


def _runs(customer: Customer) -> list[RunLine]:
    found = PlaybookRun.objects.filter(customer=customer).select_related("playbook")
    runs = list(found.order_by("-started_at")[:RUNS_SHOWN])
    tasks = tasks_of([run.pk for run in runs]).select_related("owner")
    by_source = {task.source_id: task for task in tasks}
    calendar = calendar_for(SALES_OFFICE) if runs else None
    return [
        RunLine(
            run,
            [
                StepLine(
                    title=planned.step.title,
                    due_at=planned.due_at,
                    task=by_source.get(f"{run.pk}:{planned.step.key}"),
                    is_gate=planned.step.gate,
                )
                for planned in plan_of(run, calendar)
            ],
        )
        for run in runs
        if calendar is not None
    ]


def open_tasks(customer: Customer, user: User, now: dt.datetime) -> list[OpenItem]:
    """Return overdue tasks and open actions of meetings; without any task, the next contact."""
    tasks = getattr(customer, "tasks_read", None)  # by the record, which shows them as well
    if tasks is None:
        rows = customer.tasks.open()
        rows = rows.only("customer", "title", "due_at", "subject_kind", "subject_id")
        tasks = list(rows.order_by("due_at")[: 3 * LONGEST])
    items = [
        OpenItem(
            kind=_("Action of a meeting") if task.subject_kind == MEETING else _("Overdue task"),
            title=task.title,
            due_at=task.due_at,
            url=_task_url(task, customer),
            icon="calendar" if task.subject_kind == MEETING else "today",
        )
        for task in tasks
        if task.subject_kind == MEETING or task.due_at < now
    ]
    return items if tasks else _suggested(customer, now)


def open_clocks(customer: Customer, user: User, now: dt.datetime) -> list[OpenItem]:
    """Return the promises to answer that still run for the customer's open leads."""
    clocks = LeadClock.objects.running().filter(
        lead__customer=customer, lead__state__in=[state.value for state in OPEN_LEAD_STATES]
    )
    return [
        OpenItem(
            kind=gettext_lazy("Unanswered"),
            title=str(CLOCK_LABELS.get(clock.kind, clock.kind)),
            due_at=clock.due_at,
            url=reverse("customers:lead-detail", args=[clock.lead_id]),
            icon="clock",
        )
        for clock in clocks.only("lead", "kind", "due_at").order_by("due_at")[:LONGEST]
    ]


def open_meetings(customer: Customer, user: User, now: dt.datetime) -> list[OpenItem]:
    """Return meetings that were missed and not held or called off since."""
    missed = (
        Meeting.objects.filter(guests__customer=customer, state=MeetingState.MISSED.value)
        .exclude(kind=MeetingKind.VIEWING.value)  # who did not come is not awaited any more
        .order_by("-starts_at")
    )
    return [
        OpenItem(
            kind=gettext_lazy("Missed visit"),
            title=meeting.title,
            due_at=meeting.starts_at,
            url=reverse("customers:meeting-detail", args=[meeting.pk]),
            icon="calendar",
        )
        for meeting in missed.only("title", "starts_at")[:LONGEST]
    ]


def _task_url(task: Task, customer: Customer) -> str:
    if task.subject_kind == MEETING:
        return reverse("customers:meeting-detail", args=[int(task.subject_id)])
    return f"{customer.get_absolute_url()}#nx"


def _suggested(customer: Customer, now: dt.datetime) -> list[OpenItem]:
    """Return the contact that the service package asks for soon, where nothing is planned."""
    found = package_of(customer, now=now) if customer.owner_id else None
    if found is None:
        return []
    due_at = next_contact(customer, found[1])
    if due_at > now + SUGGEST_AHEAD:
        return []
    url = f"{customer.get_absolute_url()}#composer"
    title = _("Contact every %(days)s days") % {"days": found[1].contact_days}
    return [OpenItem(_("Next contact due"), title, due_at, url, "phone")]


def group_of(task: Task, now: dt.datetime) -> str:
    """Return under which heading of the list a task stands: overdue, today, this week, later."""
    today, day = timezone.localdate(now), timezone.localdate(task.due_at)
    if task.due_at < now:
        return "overdue"
    if day == today:
        return "today"
    return "week" if day < today + dt.timedelta(days=7 - today.weekday()) else "later"


def task_lines(tasks: list[Task], *, now: dt.datetime) -> list[dict[str, Any]]:
    """Return the tasks of a page in groups, each with its heading."""
    words = {
        "overdue": _("Overdue"),
        "today": _("Due today"),
        "week": _("Later this week"),
        "later": _("After this week"),
        "done": _("Done"),
    }
    groups: dict[str, list[Task]] = {}
    for task in tasks:
        key = group_of(task, now) if task.state == "open" else "done"
        groups.setdefault(key, []).append(task)
    return [{"key": key, "title": words[key], "tasks": rows} for key, rows in groups.items()]
