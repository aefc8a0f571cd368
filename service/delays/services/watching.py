"""The nightly look: the customer centre is told what will be late, once a step (SVC-43)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from crm_site.audit.services import record
from crm_site.outbox.services import Outgoing, send_many
from crm_site.registers.models import RegisterEntry
from crm_site.staff.models import User
from customers.models.project import Project
from customers.models.task import Task
from customers.purchase.models import Purchase
from customers.rules.axes import TaskState
from customers.services.tasks import TaskEntry, cancel_task, create_task
from service.delays.choices import CENTRE, DONE, HANDED_OVER, RECOVERED
from service.delays.facilities import FACILITIES, PROJECT, late_by, outstanding, promised_on
from service.delays.models import SOLD, DelayRisk, DelayStep, DeliveryTerm
from service.delays.policies import DelayRules, rules_at
from service.delays.rules import step_of
from service.delays.services.forecasting import by_building, refresh_forecasts
from service.delays.services.terms import pin_terms

ALERT: Final = "delays.alert"
FACILITY_ALERT: Final = "delays.facility"
OVER: Final = "delays.over"
SOURCE: Final = "delay"
SUBJECT: Final = "delay-risk"
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """What will be late: the promised and the expected day, days, homes that are affected."""

    due_on: date
    forecast_on: date
    days: int
    homes: int


def watch_delays(*, now: datetime) -> dict[str, int]:
    """Look at every project anew; return how many alerts were raised and risks closed.

    A second run finds nothing new: each step of a risk is told once.
    """
    pin_terms(now=now)
    counts = {"raised": 0, "closed": 0}
    for project_id in sorted(_watched()):
        raised, closed = watch_project(project_id, now=now)
        counts["raised"] += raised
        counts["closed"] += closed
    return counts


@transaction.atomic
def watch_project(project_id: int, *, now: datetime) -> tuple[int, int]:
    """Write what is late in a project, tell what is new; return alerts raised and risks closed.

    The lock on the project keeps two runs apart.
    """
    rows = Project.objects.select_for_update(of=("self",), no_key=True).select_related("node")
    project, rules = rows.get(pk=project_id), rules_at(now)
    found = _findings(project_id, rules, now)
    standing = {_key(risk): risk for risk in DelayRisk.objects.filter(project=project).open()}
    people, raised = centre_of(project), 0
    for key, finding in found.items():
        risk = _kept(standing.pop(key, None), project, key, finding, now)
        raised += _told(risk, people, rules, now)
    for risk in standing.values():
        _close(risk, people, now)
    return raised, len(standing)


def centre_of(project: Project) -> list[User]:
    """Return the customer centre of a project: who leads it first, then agents and specialists."""
    place = Q(node__project_id=project.pk) | Q(node_id=project.node.region_id)
    people = User.objects.filter(place, is_active=True, role__in=CENTRE)
    return sorted(people, key=lambda person: (CENTRE.index(person.role), person.pk))


def _watched() -> set[int]:
    """Return the projects with homes to hand over, facilities that wait, or an open risk."""
    homes = DeliveryTerm.objects.standing().waiting().values_list("project_id", flat=True)
    facilities = RegisterEntry.objects.of(FACILITIES).open().filter(subject_kind=PROJECT)
    risks = DelayRisk.objects.open().values_list("project_id", flat=True)
    named = set(facilities.values_list("subject_id", flat=True)) - {None}
    known = Project.objects.filter(pk__in=named).values_list("pk", flat=True)
    return {*homes.distinct().order_by(), *known, *risks}


def _findings(project_id: int, rules: DelayRules, now: datetime) -> dict[Key, Finding]:
    today = timezone.localdate(now)
    found: dict[Key, Finding] = {}
    terms = refresh_forecasts(project_id, rules=rules, today=today, now=now)
    for building, rows in by_building(terms):
        waiting = [row for row in rows if row.purchase.handed_over_at is None]
        found["building", building] = Finding(
            due_on=min(row.deliver_on for row in waiting),
            forecast_on=max(row.forecast_on or row.deliver_on for row in waiting),
            days=max(row.days for row in waiting),
            homes=len(rows),
        )
    sold = Purchase.objects.filter(project=project_id, state__in=SOLD).count()
    for entry in outstanding(project_id):
        days, due_on = late_by(entry, today=today), promised_on(entry)
        if days:
            found["facility", entry.pk] = Finding(due_on, due_on + timedelta(days), days, sold)
    return found


def _key(risk: DelayRisk) -> Key:
    if risk.building_id is not None:
        return "building", risk.building_id
    assert risk.facility_id is not None  # noqa: S101 -- a constraint says so
    return "facility", risk.facility_id


def _kept(
    risk: DelayRisk | None, project: Project, key: Key, finding: Finding, now: datetime
) -> DelayRisk:
    values = {name: getattr(finding, name) for name in Finding.__slots__}
    if risk is None:
        kind, pk = key
        return DelayRisk.objects.create(
            project=project, **{f"{kind}_id": pk}, **values, opened_at=now, created_at=now
        )
    if any(getattr(risk, name) != value for name, value in values.items()):
        for name, value in values.items():
            setattr(risk, name, value)
        risk.updated_at = now
        risk.save(update_fields=[*values, "updated_at"])
    return risk


def _told(risk: DelayRisk, people: list[User], rules: DelayRules, now: datetime) -> int:
    """Tell the centre of a step that is new; return 1 where that was done.

    Without anybody in the centre the step stays untold, so that a later run tells it.
    """
    step = step_of(risk.days, rules.steps)
    if step <= risk.step or not people:
        return 0
    risk.step = step
    risk.save(update_fields=["step", "updated_at"])
    written = DelayStep.objects.create(
        risk=risk,
        step=step,
        days=risk.days,
        forecast_on=risk.forecast_on,
        homes=risk.homes,
        told=len(people),
        at=now,
    )
    kind = ALERT if risk.building_id is not None else FACILITY_ALERT
    _send(risk, kind, str(step), people, now)
    words = {"what": str(risk), "days": risk.days}
    create_task(
        entry=TaskEntry(
            title=(_("Tell buyers: %(what)s, %(days)s days late") % words)[:200],
            due_at=now + timedelta(days=rules.task_days),
            owner=people[0],
            source=SOURCE,
            source_id=f"{risk.pk}-{step}",
            subject=(SUBJECT, risk.pk),
        ),
        actor=None,
        now=now,
    )
    _audit("delay.told", risk, now, step=written.step, days=risk.days, homes=risk.homes)
    return 1


def _close(risk: DelayRisk, people: list[User], now: datetime) -> None:
    """End a risk that is none any more, withdraw its open tasks and tell the centre."""
    risk.closed_at, risk.ending, risk.updated_at = now, _ending(risk), now
    risk.save(update_fields=["closed_at", "ending", "updated_at"])
    tasks = Task.objects.filter(
        source=SOURCE, source_id__startswith=f"{risk.pk}-", state=TaskState.OPEN
    )
    for task in tasks:
        cancel_task(task=task, reason=str(risk.get_ending_display()), actor=None, now=now)
    if risk.step:
        _send(risk, OVER, "over", people, now)
    _audit("delay.ended", risk, now, ending=risk.ending)


def _ending(risk: DelayRisk) -> str:
    if risk.facility is not None:
        return RECOVERED if risk.facility.is_open else DONE
    homes = DeliveryTerm.objects.standing().filter(building=risk.building_id)
    return RECOVERED if homes.waiting().exists() else HANDED_OVER


def _send(risk: DelayRisk, kind: str, step: str, people: list[User], now: datetime) -> None:
    params = {
        "what": str(risk),
        "days": risk.days,
        "homes": risk.homes,
        "due": risk.due_on.isoformat(),
        "forecast": risk.forecast_on.isoformat(),
        "ending": risk.ending,
    }
    messages = [
        Outgoing(kind, person, f"delay:{risk.pk}:{step}:{person.pk}", params, (SUBJECT, risk.pk))
        for person in people
    ]
    send_many(messages, now=now)


def _audit(kind: str, risk: DelayRisk, now: datetime, **facts: object) -> None:
    subject = (SUBJECT, risk.pk)
    record(kind=kind, actor=None, subject=subject, facts=facts, now=now)
