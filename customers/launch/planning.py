"""The checks that a launch date calls for: a task each, with its day; done once its form is.

Sources: SVC-69 (risk check, a week before), SVC-70 (comfort check).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm_site.policies.services import in_force
from crm_site.questionnaires.models import AnswerSheet
from crm_site.staff.models import User
from customers.launch.findings import PROJECT, SALES_RISKS, SUGGESTIONS
from customers.launch.policies import LAUNCHES, LaunchRules
from customers.launch.sheets import COMFORT_CHECK, RISK_CHECK
from customers.models import Project, Task
from customers.rules.axes import TaskKind, TaskState
from customers.services.tasks import TaskEntry, cancel_task, complete_task, create_task

SOURCE: Final = "launch"
CLOSING: Final = time(18, 0)
SHORT: Final = timedelta(hours=4)


@dataclass(frozen=True, slots=True)
class Check:
    """A check before a launch: its form, its register, whose it is, how many days before."""

    key: str
    label: Any
    sheet: str
    register: str
    roles: tuple[str, ...]  # the first that somebody of the project or above has
    days: Any  # of the rules


CHECKS: Final = {
    check.key: check
    for check in (
        Check(
            "risk",
            gettext_lazy("Sales risk check"),
            RISK_CHECK,
            SALES_RISKS,
            ("service_manager", "executive"),
            lambda rules: rules.risk_days,
        ),
        Check(
            "comfort",
            gettext_lazy("Comfort check"),
            COMFORT_CHECK,
            SUGGESTIONS,
            ("specialist", "service_manager", "executive"),
            lambda rules: rules.comfort_days,
        ),
    )
}


def sheets_of(project: Project, check: Check) -> Any:
    """Return the finished forms of a check of the project, the latest first."""
    rows = AnswerSheet.objects.about(PROJECT, project.pk).complete()
    return rows.filter(questionnaire__key=check.sheet).order_by("-completed_at", "-pk")


def counting_sheet(project: Project, check: Check, *, at: datetime) -> AnswerSheet | None:
    """Return the finished form that counts for the launch; None where there is none yet.

    One that is older than the days of the policy before the launch belongs to another launch.
    """
    if project.launch_on is None:
        return None
    rules: LaunchRules = in_force(LAUNCHES, at=at).value
    since = _moment(project.launch_on - timedelta(days=rules.fresh_days), time.min)
    found: AnswerSheet | None = sheets_of(project, check).filter(completed_at__gte=since).first()
    return found


def due_of(project: Project, check: Check, *, now: datetime) -> datetime | None:
    """Return until when a check is to be done, None without a launch date or where it is past."""
    day = project.launch_on
    if day is None or day < timezone.localdate(now):
        return None
    rules: LaunchRules = in_force(LAUNCHES, at=now).value
    return _moment(day - timedelta(days=check.days(rules)), CLOSING)


def task_of(project: Project, check: Check) -> Task | None:
    """Return the task of a check for the launch date as it stands, None where none was made."""
    found: Task | None = (
        Task.objects.filter(source=SOURCE, source_id=_source(project, check))
        .select_related("owner")
        .first()
    )
    return found


@transaction.atomic
def plan_checks(project: Project, now: datetime) -> int:
    """Make the tasks of the checks the launch date calls for, and return how many are new.

    Tasks for an earlier date that wait are cancelled. A check that is late is due in four hours. A
    task whose form is finished is done. Safe to call again.
    """
    made = 0
    for check in CHECKS.values():
        _drop_others(project, check, now)
        due = None if hasattr(project, "launch") else due_of(project, check, now=now)
        if due is None:
            continue
        task = task_of(project, check)
        if task is None:
            made += _make(project, check, due, now)
        elif task.state == TaskState.OPEN:
            _finish(task, project, check, now)
    return made


def plan_all(*, now: datetime) -> int:
    """Plan the checks of every project that waits for its launch; return how many tasks are new."""
    today = timezone.localdate(now)
    waiting = Project.objects.filter(launch_on__gte=today, launch__isnull=True)
    return sum(plan_checks(project, now) for project in waiting.select_related("node"))


def _make(project: Project, check: Check, due: datetime, now: datetime) -> int:
    owner = _responsible(project, check.roles)
    if owner is None:
        return 0
    title = _("%(check)s of %(project)s before the launch") % {
        "check": check.label,
        "project": project.name,
    }
    entry = TaskEntry(
        title=title,
        due_at=max(due, now + SHORT),
        owner=owner,
        kind=TaskKind.OTHER,
        source=SOURCE,
        source_id=_source(project, check),
        subject=(PROJECT, project.pk),
    )
    create_task(entry=entry, actor=None, now=now)
    return 1


def _finish(task: Task, project: Project, check: Check, now: datetime) -> None:
    sheet = counting_sheet(project, check, at=now)
    if sheet is not None:
        done = _("Form finished: %(name)s") % {"name": sheet.author.name}
        complete_task(task=task, outcome=done, actor=sheet.author, now=now)


def _drop_others(project: Project, check: Check, now: datetime) -> None:
    others = Task.objects.filter(
        source=SOURCE, source_id__startswith=f"{project.pk}:{check.key}:", state=TaskState.OPEN
    )
    for task in others.exclude(source_id=_source(project, check)).order_by("pk"):
        cancel_task(task=task, reason=_("The launch date was changed."), actor=None, now=now)


def _responsible(project: Project, roles: Iterable[str]) -> User | None:
    place = Q(node__project_id=project.pk) | Q(node_id=project.node.region_id)
    people = list(User.objects.filter(place, is_active=True, role__in=tuple(roles)).order_by("pk"))
    return next((one for role in roles for one in people if one.role == role), None)


def _source(project: Project, check: Check) -> str:
    return f"{project.pk}:{check.key}:{project.launch_on:%Y%m%d}" if project.launch_on else ""


def _moment(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))
